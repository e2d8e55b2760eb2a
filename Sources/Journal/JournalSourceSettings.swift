import AgentCore

/// Which journal a source reads, and how.
public struct JournalSourceSettings: Sendable {
  /// The placeholders of its templates. `unit` is the field `_SYSTEMD_UNIT`, and where there is none the identifier, and
  /// where there is none either the transport.
  public static let placeholders = ["host", "source", "unit", "identifier", "transport"]

  /// Names the source in stored positions and in the header `source`.
  public var name: String
  /// This machine.
  public var host: String
  /// A directory of journal files; nil for this machine's journal.
  public var directory: String?
  public var filter: JournalFilter
  /// Over `placeholders`; what it renders is made a valid topic name.
  public var topic: Template
  /// Over `placeholders`.
  public var key: Template
  /// The most bytes of a record's value.
  public var entryLimit: Int
  /// Whether the very first run skips what the journal holds by then.
  public var startsAtEnd: Bool

  public init(
    name: String, host: String, directory: String? = nil, filter: JournalFilter = JournalFilter(), topic: Template,
    key: Template, entryLimit: Int = 1_000_000, startsAtEnd: Bool = false
  ) {
    self.name = name
    self.host = host
    self.directory = directory
    self.filter = filter
    self.topic = topic
    self.key = key
    self.entryLimit = max(1024, entryLimit)
    self.startsAtEnd = startsAtEnd
  }

  func route(unit: String, identifier: String, transport: String) -> RecordRoute {
    let values = [host, name, unit, identifier, transport]
    return RecordRoute(
      topic: TopicName.sanitized(topic.render(values)), key: Array(key.render(values).utf8),
      headers: [.init("host", host), .init("source", name), .init("unit", unit)], name: unit)
  }
}
