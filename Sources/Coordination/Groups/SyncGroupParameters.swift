/// A SyncGroup request, whatever its version.
public struct SyncGroupParameters: Sendable, Hashable {
  public var groupID: String
  public var member: GroupMemberIdentity
  public var generation: Int32
  /// nil: not said (versions before 5).
  public var protocolType: String?
  public var protocolName: String?
  /// By member id; empty but for the leader.
  public var assignments: [String: [UInt8]]

  public init(
    groupID: String, member: GroupMemberIdentity, generation: Int32, protocolType: String? = nil,
    protocolName: String? = nil, assignments: [String: [UInt8]] = [:]
  ) {
    self.groupID = groupID
    self.member = member
    self.generation = generation
    self.protocolType = protocolType
    self.protocolName = protocolName
    self.assignments = assignments
  }
}
