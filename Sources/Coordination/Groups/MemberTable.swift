/// The members of a group in the order in which they joined, so that what is made from them does not depend on hashes.
struct MemberTable: Sendable {
  private(set) var list: [ClassicGroupMember] = []
  private var positions: [String: Int] = [:]
  /// By protocol name, how many members know it.
  private var protocolCounts: [String: Int] = [:]
  private(set) var awaitingJoinCount = 0
  private(set) var byteCount = 0

  var count: Int { list.count }
  var isEmpty: Bool { list.isEmpty }

  func contains(_ id: String) -> Bool { positions[id] != nil }

  /// Reads a member, or changes what is neither counted nor looked up: everything but its id, its protocols, its
  /// assignment and its JoinGroup request.
  subscript(id: String) -> ClassicGroupMember? {
    _read {
      if let position = positions[id] { yield list[position] } else { yield nil }
    }
  }

  /// Changes a member in its place; nothing happens when there is none.
  mutating func update(_ id: String, _ change: (inout ClassicGroupMember) -> Void) {
    guard let position = positions[id] else { return }
    forget(list[position])
    change(&list[position])
    count(list[position])
  }

  /// Moves the time by which the member must be heard of: the one change that is made for each heartbeat.
  mutating func setDeadline(_ id: String, to deadline: Int64) {
    if let position = positions[id] { list[position].deadline = deadline }
  }

  mutating func setJoinRequest(_ id: String, to request: GroupRequestID?) {
    update(id) { $0.joinRequest = request }
  }

  mutating func append(_ member: ClassicGroupMember) {
    positions[member.id] = list.count
    list.append(member)
    count(member)
  }

  @discardableResult
  mutating func remove(_ id: String) -> ClassicGroupMember? {
    guard let position = positions.removeValue(forKey: id) else { return nil }
    let member = list.remove(at: position)
    forget(member)
    for index in position..<list.count { positions[list[index].id] = index }
    return member
  }

  /// Gives a member another id and keeps its place.
  mutating func rename(_ id: String, to newID: String) {
    guard let position = positions.removeValue(forKey: id) else { return }
    list[position].identity.memberID = newID
    positions[newID] = position
  }

  /// The protocol names that every member knows.
  func isKnownToAll(_ protocolName: String) -> Bool { protocolCounts[protocolName, default: 0] == list.count }

  private mutating func count(_ member: ClassicGroupMember) {
    byteCount += member.byteCount
    if member.joinRequest != nil { awaitingJoinCount += 1 }
    for known in member.protocols { protocolCounts[known.name, default: 0] += 1 }
  }

  private mutating func forget(_ member: ClassicGroupMember) {
    byteCount -= member.byteCount
    if member.joinRequest != nil { awaitingJoinCount -= 1 }
    for known in member.protocols {
      let count = protocolCounts[known.name, default: 1] - 1
      protocolCounts[known.name] = count == 0 ? nil : count
    }
  }
}
