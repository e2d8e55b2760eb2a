/// A static member that came back under a new id, and how to take that back.
struct StaticMemberReturn: Sendable {
  var memberID: String
  var request: GroupRequestID
  var supportsSkippingAssignment: Bool
  /// Who led before it came back.
  var leaderID: String?
  var generation: Int32
  /// As it was.
  var before: ClassicGroupMember
}
