import Base
@preconcurrency import Glibc
import Synchronization

/// The environment variables that may override a configuration, and which of them some reader asked for.
///
/// The variable of a key is its path in capitals: `SPLASHDAM_STATE_DIR` for `state_dir`, `SPLASHDAM_OUTPUT_PATH` for
/// `output.path`, `SPLASHDAM_SOURCES_0_TOPIC` for `sources[0].topic`. A list of values is written with commas. A
/// variable that is set to nothing counts as not set.
public final class ConfigurationEnvironment: Sendable {
  static let prefix = "SPLASHDAM_"

  private let variables: [String: String]
  private let consulted = Mutex<Set<String>>([])

  /// `variables` may hold all of a process's environment; only names that begin with `SPLASHDAM_` matter.
  public init(_ variables: [String: String]) {
    self.variables = variables.filter { $0.key.hasPrefix(Self.prefix) && !$0.value.isEmpty }
  }

  /// This process's environment.
  public static func ofProcess() -> ConfigurationEnvironment {
    var variables: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
      let text = String(cString: entry)
      if let equals = text.firstIndex(of: "=") {
        variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      next += 1
    }
    return ConfigurationEnvironment(variables)
  }

  /// The variable that overrides the value at `keyPath`.
  static func variable(for keyPath: String) -> String {
    var name = prefix
    for byte in keyPath.utf8 where byte != UInt8(ascii: "]") {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"): name.unicodeScalars.append(Unicode.Scalar(byte - 32))
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        name.unicodeScalars.append(Unicode.Scalar(byte))
      default: name += "_"
      }
    }
    return name
  }

  func value(for keyPath: String) -> (text: String, origin: ConfigurationOrigin)? {
    let name = Self.variable(for: keyPath)
    consulted.withLock { _ = $0.insert(name) }
    return variables[name].map { ($0, .environment(name)) }
  }

  /// Whether some variable concerns a key below `keyPath`.
  func hasValues(below keyPath: String) -> Bool {
    let start = Self.variable(for: keyPath) + "_"
    return variables.keys.contains { $0.hasPrefix(start) }
  }

  /// The variables that are set although no reader ever asked for them, each with the name that was probably meant.
  /// Not an error, because one environment may serve several programs: log them as warnings once all is read.
  public func unusedVariables() -> [(name: String, nearest: String?)] {
    let known = consulted.withLock { $0 }
    return variables.keys.filter { !known.contains($0) }.sorted().map { ($0, $0.nearest(among: known.sorted())) }
  }
}
