import Base

/// What a file source follows, and how.
public struct FileSourceSettings: Sendable {
  /// The placeholders of its templates.
  public static let placeholders = ["host", "source", "path", "basename", "directory"]

  /// Names the source in stored positions and in the header `source`.
  public var name: String
  /// This machine.
  public var host: String
  public var include: [GlobPattern]
  public var exclude: [GlobPattern]
  /// Over `placeholders`; what it renders is made a valid topic name.
  public var topic: Template
  /// Over `placeholders`.
  public var key: Template
  /// The most bytes of a record's value.
  public var lineLimit: Int
  /// Milliseconds without growth after which a last line without an end is sent.
  public var lastLineAfter: Int64
  /// Whether the very first scan skips what the files hold by then.
  public var startsAtEnd: Bool

  public init(
    name: String, host: String, include: [GlobPattern], exclude: [GlobPattern] = [], topic: Template, key: Template,
    lineLimit: Int = 1_000_000, lastLineAfter: Int64 = 5000, startsAtEnd: Bool = false
  ) {
    self.name = name
    self.host = host
    self.include = include
    self.exclude = exclude
    self.topic = topic
    self.key = key
    self.lineLimit = max(1, lineLimit)
    self.lastLineAfter = lastLineAfter
    self.startsAtEnd = startsAtEnd
  }

  func route(forPath path: String) -> RecordRoute {
    let values = [host, name, path, path.lastPathComponent, path.parentDirectory]
    return RecordRoute(
      topic: TopicName.sanitized(topic.render(values)), key: Array(key.render(values).utf8),
      headers: [.init("host", host), .init("source", name), .init("path", path)], name: path)
  }
}
