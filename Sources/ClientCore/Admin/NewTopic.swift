/// A topic to create.
public struct NewTopic: Sendable, Hashable {
  public var name: String
  /// nil: the broker's `num.partitions`.
  public var partitionCount: Int32?
  /// nil: the broker's `default.replication.factor`.
  public var replicationFactor: Int16?
  /// Kafka's names, as `retention.ms`.
  public var configs: [String: String]

  public init(
    name: String, partitionCount: Int32? = nil, replicationFactor: Int16? = nil, configs: [String: String] = [:]
  ) {
    self.name = name
    self.partitionCount = partitionCount
    self.replicationFactor = replicationFactor
    self.configs = configs
  }
}
