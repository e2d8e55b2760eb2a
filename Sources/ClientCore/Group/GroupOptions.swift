/// How a member takes part in its group.
public struct GroupOptions: Sendable, Hashable {
  /// How the member that leads divides the partitions.
  public enum Assignor: String, Sendable, Hashable, CaseIterable {
    case range
    case roundRobin = "roundrobin"
    case cooperativeSticky = "cooperative-sticky"
  }

  public var group: String
  /// Topics to read. Those that do not exist yet are waited for.
  public var topics: [String]
  /// In the order of preference; a group uses one that all of its members have. Never `cooperativeSticky` together with
  /// others: those revoke everything at each rebalance, it only what moves (KIP-429).
  public var assignors: [Assignor] = [.cooperativeSticky]
  /// Makes the member static: it keeps its partitions over a restart within the session timeout (KIP-345).
  public var instanceID: String?
  /// How long the coordinator waits for a heartbeat before the member is out.
  public var sessionTimeoutMilliseconds: Int32 = 45_000
  public var heartbeatIntervalMilliseconds: Int64 = 3_000
  /// How long members have to give up partitions and join again.
  public var rebalanceTimeoutMilliseconds: Int32 = 60_000
  public var consumer = ConsumerOptions()

  public init(group: String, topics: [String]) {
    self.group = group
    self.topics = topics
  }
}
