import Base
import ClientCore

/// What operators ask of a cluster. Each call retries what may succeed later until the client's request timeout; methods
/// for many things tell about each of them.
public struct Admin: Sendable {
  let client: KafkaClient

  public init(_ client: KafkaClient) {
    self.client = client
  }

  public func describeCluster() async throws(ClientError) -> ClusterDescription {
    preconditionFailure("to come")
  }

  /// All topics, in the order of their names.
  public func listTopics() async throws(ClientError) -> [TopicDescription] {
    preconditionFailure("to come")
  }

  public func describeTopics(_ names: [String]) async throws(ClientError) -> [String: Result<
    TopicDescription, ClientError
  >] {
    preconditionFailure("to come")
  }

  /// - Parameter validateOnly: whether the broker shall only say whether it would.
  /// - Returns: what became of each, by name.
  public func createTopics(
    _ topics: [NewTopic], validateOnly: Bool = false
  ) async throws(ClientError) -> [String: Result<Void, ClientError>] {
    preconditionFailure("to come")
  }

  public func deleteTopics(_ names: [String]) async throws(ClientError) -> [String: Result<Void, ClientError>] {
    preconditionFailure("to come")
  }

  /// Raises the number of partitions of a topic to `count`.
  public func createPartitions(topic: String, count: Int32) async throws(ClientError) {
    preconditionFailure("to come")
  }

  public func describeConfigs(_ resource: ConfigResource) async throws(ClientError) -> [ConfigEntry] {
    preconditionFailure("to come")
  }

  /// Sets configs, or with nil puts them back to their defaults.
  public func alterConfigs(_ resource: ConfigResource, _ changes: [String: String?]) async throws(ClientError) {
    preconditionFailure("to come")
  }

  /// The groups of all brokers, in the order of their names.
  public func listGroups() async throws(ClientError) -> [GroupListing] {
    preconditionFailure("to come")
  }

  public func describeGroup(_ id: String) async throws(ClientError) -> GroupDescription {
    preconditionFailure("to come")
  }

  public func deleteGroup(_ id: String) async throws(ClientError) {
    preconditionFailure("to come")
  }

  /// Offsets that a group has committed, of all partitions.
  public func committedOffsets(group: String) async throws(ClientError) -> [TopicPartition: Int64] {
    preconditionFailure("to come")
  }

  /// Sets the offsets of a group that has no members.
  public func alterOffsets(group: String, _ offsets: [TopicPartition: Int64]) async throws(ClientError) {
    preconditionFailure("to come")
  }

  /// The offset at a position of each partition; for a time later than the last record, the end.
  public func listOffsets(
    _ positions: [TopicPartition: StartPosition]
  ) async throws(ClientError) -> [TopicPartition: Result<Int64, ClientError>] {
    preconditionFailure("to come")
  }
}
