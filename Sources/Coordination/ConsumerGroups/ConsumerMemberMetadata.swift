/// What a member of a consumer group said of itself, as it is kept in `__consumer_offsets`.
public struct ConsumerMemberMetadata: Sendable, Hashable {
  /// What a member brings that speaks the classic protocol, in a group that is between the two.
  public struct Classic: Sendable, Hashable {
    public var sessionTimeoutMs: Int32
    /// In the order of its preference.
    public var protocols: [GroupProtocol]

    public init(sessionTimeoutMs: Int32, protocols: [GroupProtocol]) {
      self.sessionTimeoutMs = sessionTimeoutMs
      self.protocols = protocols
    }
  }

  public var instanceID: String?
  public var rackID: String?
  public var clientID: String
  public var clientHost: String
  /// Sorted, each once.
  public var topics: [String]
  /// Empty is none (as nil), but that the member said so.
  public var pattern: String?
  public var rebalanceTimeoutMs: Int32
  /// Which assignor it would have; nil leaves it to others.
  public var assignor: String?
  /// nil for a member that speaks the next-generation protocol.
  public var classic: Classic?

  public init(
    instanceID: String? = nil, rackID: String? = nil, clientID: String = "", clientHost: String = "",
    topics: [String] = [], pattern: String? = nil, rebalanceTimeoutMs: Int32 = -1, assignor: String? = nil,
    classic: Classic? = nil
  ) {
    self.instanceID = instanceID
    self.rackID = rackID
    self.clientID = clientID
    self.clientHost = clientHost
    self.topics = topics
    self.pattern = pattern
    self.rebalanceTimeoutMs = rebalanceTimeoutMs
    self.assignor = assignor
    self.classic = classic
  }

  /// The regular expression it subscribes by; nil for none.
  var effectivePattern: String? { pattern?.isEmpty == false ? pattern : nil }

  /// Bytes it is reckoned to take.
  var byteCount: Int {
    let own = (instanceID?.utf8.count ?? 0) + (rackID?.utf8.count ?? 0) + (pattern?.utf8.count ?? 0) + 256
    let protocols = classic?.protocols.reduce(0) { $0 + $1.byteCount } ?? 0
    return topics.reduce(own + protocols) { $0 + $1.utf8.count + 32 }
  }
}
