/// One node of a parsed document.
public struct ConfigurationNode: Sendable, Hashable {
  public enum Content: Sendable, Hashable {
    /// `key:`, `~` or `null`: as if the key were absent.
    case null
    /// The text between the quotes, if any. What it means is for the reader to say: `no` may be a topic.
    case scalar(String)
    case list([ConfigurationNode])
    /// In the order of the file, each key once.
    case object([ConfigurationEntry])
  }

  public var content: Content
  public var origin: ConfigurationOrigin

  public init(_ content: Content, origin: ConfigurationOrigin) {
    self.content = content
    self.origin = origin
  }

  /// What a person would call this: `a list`.
  var kindName: String {
    switch content {
    case .null: "nothing"
    case .scalar(let text): text.quotedForMessage
    case .list: "a list"
    case .object: "an object"
    }
  }
}

/// A key of an object with its value.
public struct ConfigurationEntry: Sendable, Hashable {
  public var key: String
  public var keyOrigin: ConfigurationOrigin
  public var value: ConfigurationNode

  public init(key: String, keyOrigin: ConfigurationOrigin, value: ConfigurationNode) {
    self.key = key
    self.keyOrigin = keyOrigin
    self.value = value
  }
}
