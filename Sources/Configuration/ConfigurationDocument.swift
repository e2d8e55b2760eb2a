import Glibc

/// A parsed configuration file and the environment that may override it.
public struct ConfigurationDocument: Sendable {
  /// Files of more bytes are refused.
  public static let sizeLimit = 1 << 20

  /// What errors call the file.
  public let name: String
  public let node: ConfigurationNode
  public let environment: ConfigurationEnvironment

  /// Parses `bytes`: one YAML document, or none at all. `name` is what errors call it.
  public init(
    parsing bytes: [UInt8], name: String, environment: ConfigurationEnvironment = .init([:])
  ) throws(ConfigurationError) {
    guard bytes.count <= Self.sizeLimit else { throw Self.tooLarge(name) }
    self.name = name
    self.environment = environment
    node = try YAMLReader.read(bytes, name: name)
  }

  /// Reads and parses the file at `path`.
  public static func load(
    path: String, environment: ConfigurationEnvironment = .ofProcess()
  ) throws(ConfigurationError) -> ConfigurationDocument {
    try ConfigurationDocument(parsing: try content(of: path), name: path, environment: environment)
  }

  /// The outermost object, which may have no keys but `keys`.
  public func root(keys: [String]) throws(ConfigurationError) -> ConfigurationObject {
    let object = try ConfigurationObject(node, path: "", environment: environment)
    try object.expectKeys(keys)
    return object
  }

  private static func tooLarge(_ name: String) -> ConfigurationError {
    ConfigurationError(
      origin: .document(name), problem: "it is larger than \(sizeLimit) bytes",
      remedy: "check that this is the configuration file you meant")
  }

  private static func content(of path: String) throws(ConfigurationError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw unreadable(path, errno) }
    defer { close(file) }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while content.count <= sizeLimit {
      let count = read(file, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path, errno) }
      if count == 0 { return content }
      content += chunk[..<count]
    }
    throw tooLarge(path)
  }

  private static func unreadable(_ path: String, _ code: Int32) -> ConfigurationError {
    ConfigurationError(
      origin: .document(path), problem: "cannot read it: \(String(cString: strerror(code)))",
      remedy: code == ENOENT ? "create it, or name another with --config" : "check its kind and permissions")
  }
}
