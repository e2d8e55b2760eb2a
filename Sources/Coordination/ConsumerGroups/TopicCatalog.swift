import Base

/// The topics there are, as a coordinator sees them: a value that is replaced as a whole when one comes, goes or grows.
public struct TopicCatalog: Sendable {
  public struct Topic: Sendable, Hashable {
    public var id: UUID
    public var partitionCount: Int32
    /// No regular expression matches it.
    public var isInternal: Bool

    public init(id: UUID, partitionCount: Int32, isInternal: Bool = false) {
      self.id = id
      self.partitionCount = partitionCount
      self.isInternal = isInternal
    }
  }

  /// Differs between any two catalogs of one process that differ; only equality means anything.
  public let version: Int64
  public let topics: [String: Topic]
  let names: [UUID: String]

  public init(version: Int64 = 0, _ topics: [String: Topic] = [:]) {
    self.version = version
    self.topics = topics
    names = Dictionary(topics.map { ($0.value.id, $0.key) }, uniquingKeysWith: { first, _ in first })
  }

  public func name(of id: UUID) -> String? { names[id] }
}
