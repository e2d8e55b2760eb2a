import BrokerCore
import Configuration

/// What a broker is told on its command line.
public struct BrokerOptions: Sendable {
  /// The file of settings.
  public var configurationPath: String?
  public var dataDirectory: String?
  /// HOST:PORT
  public var listen: String?
  /// HOST:PORT
  public var advertise: String?
  public var flush: String?
  /// `CONFIG=VALUE`, in order.
  public var settings: [String] = []

  public init() {}

  /// The settings of the file and of the command line, which goes before the file.
  package func table() throws(ConfigurationError) -> SettingsTable {
    var table = SettingsTable()
    if let configurationPath { try Self.read(configurationPath, into: &table) }
    for setting in settings {
      guard let equals = setting.firstIndex(of: "=") else {
        throw ConfigurationError(
          origin: .option("--set \(setting)"), problem: "expected CONFIG=VALUE", remedy: "as in --set num.partitions=3")
      }
      let name = String(setting[..<equals])
      try Self.set(name, String(setting[setting.index(after: equals)...]), .option("--set \(setting)"), &table)
    }
    for (option, name, value) in [
      ("--data", "log.dirs", dataDirectory), ("--listen", "listeners", listen),
      ("--advertise", "advertised.listeners", advertise), ("--flush", "flush", flush),
    ] {
      if let value { try Self.set(name, value, .option("\(option) \(value)"), &table) }
    }
    return table
  }

  private static func read(_ path: String, into table: inout SettingsTable) throws(ConfigurationError) {
    let document = try ConfigurationDocument.load(path: path)
    let names = BrokerSetting.byName.keys.sorted()
    let root = try document.root(keys: names)
    for name in names {
      guard let values = try root.valuesIfPresent(name, .text) else { continue }
      do throws(SettingError) {
        try table.set(name, to: values.joined(separator: ","))
      } catch {
        throw root.error(name, error.problem)
      }
      if let problem = Self.problem(of: values.joined(separator: ","), for: name) {
        throw root.error(name, problem, remedy: addressRemedy)
      }
    }
  }

  private static func set(
    _ name: String, _ value: String, _ origin: ConfigurationOrigin, _ table: inout SettingsTable
  ) throws(ConfigurationError) {
    do throws(SettingError) {
      try table.set(name, to: value)
    } catch {
      throw ConfigurationError(
        origin: origin, keyPath: name, problem: "\(error.name): \(error.problem)",
        remedy: error.nearest.map { "did you mean \($0)?" })
    }
    if let problem = Self.problem(of: value, for: name) {
      throw ConfigurationError(
        origin: origin, keyPath: name, problem: "\(name): \(problem)", remedy: addressRemedy)
    }
  }

  private static let addressRemedy = "as in 0.0.0.0:9092"

  /// What is wrong with an address, which is text to the table of settings; nil for other settings.
  private static func problem(of value: String, for name: String) -> String? {
    guard name == "listeners" || name == "advertised.listeners" else { return nil }
    return ListenAddress(value) == nil ? "expected HOST:PORT with a port of 0 to 65535, found \"\(value)\"" : nil
  }
}
