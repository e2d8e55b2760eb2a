/// One member of a classic group.
struct ClassicGroupMember: Sendable {
  var identity: GroupMemberIdentity
  let clientID: String
  let clientHost: String
  var sessionTimeoutMs: Int32
  var rebalanceTimeoutMs: Int32
  /// In the order of its preference, each name once.
  var protocols: [GroupProtocol]
  var assignment: [UInt8] = []
  /// It has never been told a generation.
  var isNew = false
  /// Monotonic time by which it must be heard of; `.max` while it waits for an answer.
  var deadline: Int64 = .max
  /// The requests it waits with.
  var joinRequest: GroupRequestID?
  var syncRequest: GroupRequestID?

  var id: String { identity.memberID }
  var isStatic: Bool { identity.instanceID != nil }

  /// Bytes that others made it hold.
  var byteCount: Int {
    protocols.reduce(assignment.count) { $0 + $1.byteCount }
  }

  func metadata(for protocolName: String?) -> [UInt8] {
    protocols.first { $0.name == protocolName }?.metadata ?? []
  }
}
