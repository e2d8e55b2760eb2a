import Base

/// One mapping of a configuration with the environment over it: what settings are read from.
///
/// Every read names a key and returns a checked value. A key the file gives as nothing (`key:`) counts as absent. For
/// each kind of value there are two readers: one throws when the key is absent and no default is given, the other
/// (`…IfPresent`) returns nil.
public struct ConfigurationObject: Sendable {
  /// Where it begins.
  public let origin: ConfigurationOrigin
  /// Its key path in the document; empty for the root.
  public let path: String
  let entries: [ConfigurationEntry]
  private let index: [String: Int]
  let environment: ConfigurationEnvironment

  init(_ node: ConfigurationNode, path: String, environment: ConfigurationEnvironment) throws(ConfigurationError) {
    switch node.content {
    case .object(let entries): self.entries = entries
    case .null: entries = []
    case .scalar, .list:
      throw ConfigurationError(
        origin: node.origin, keyPath: path,
        problem: "\(path.isEmpty ? "" : path + ": ")expected keys with values, found \(node.kindName)",
        remedy: "write lines such as \"key: value\"")
    }
    origin = node.origin
    self.path = path
    self.environment = environment
    index = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.key, $0) })
  }

  /// The path of one of its keys.
  public func keyPath(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// The keys the file gives, in its order.
  public var keys: [String] { entries.map(\.key) }

  /// Whether the file or the environment says anything about `key`.
  public func has(_ key: String) -> Bool {
    environment.value(for: keyPath(key)) != nil || environment.hasValues(below: keyPath(key)) || node(key) != nil
  }

  /// Throws unless every key of the file is one of `known`. `kind` says whose keys these are, where that depends on
  /// another value: `a source of type file`.
  public func expectKeys(_ known: [String], of kind: String? = nil) throws(ConfigurationError) {
    guard let entry = entries.first(where: { !known.contains($0.key) }) else { return }
    let remedy =
      entry.key.nearest(among: known).map { "did you mean \($0.quotedForMessage)?" }
      ?? "the keys \(kind.map { "of \($0)" } ?? "here") are \(known.joined(separator: ", "))"
    throw ConfigurationError(
      origin: entry.keyOrigin, keyPath: keyPath(entry.key),
      problem: "unknown key \(keyPath(entry.key).quotedForMessage)", remedy: remedy)
  }

  /// An error about the value of `key`, for checks that only the caller can make.
  public func error(_ key: String, _ problem: String, remedy: String? = nil) -> ConfigurationError {
    let place = environment.value(for: keyPath(key))?.origin ?? node(key)?.origin ?? origin
    return ConfigurationError(
      origin: place, keyPath: keyPath(key), problem: "\(keyPath(key)): \(problem)", remedy: remedy)
  }

  /// The file's node for `key`, nil when it is absent or nothing.
  func node(_ key: String) -> ConfigurationNode? {
    guard let position = index[key], entries[position].value.content != .null else { return nil }
    return entries[position].value
  }

  func missing(_ key: String, expected: String) -> ConfigurationError {
    ConfigurationError(
      origin: origin, keyPath: keyPath(key),
      problem: "missing key \(keyPath(key).quotedForMessage): expected \(expected)",
      remedy: "add it, or set \(ConfigurationEnvironment.variable(for: keyPath(key)))")
  }
}
