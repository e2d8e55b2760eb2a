import Base
import Coordination
import KafkaProtocol
import LogStore
import Synchronization

extension RequestProcessor {
  func deleteGroups(
    _ context: RequestContext, _ request: DeleteGroupsRequest
  ) throws(ProtocolError) -> RequestProgress {
    var names: Set<String> = []
    let groupIDs = request.groupsNames.filter { names.insert($0).inserted }
    let deletion = GroupDeletion(groupIDs)
    guard broker.groups.isOpen, !groupIDs.isEmpty else { return try reply(context, deletion.response) }
    park(context.id, .delivery)
    for (index, groupID) in groupIDs.enumerated() {
      guard let shard = broker.groups.shard(of: groupID) else { continue }
      act(on: shard, now: context.now) { state in
        let id = state.enlist(
          GroupShard.Waiter(request: context.id, refusal: nil) { answer throws(ProtocolError) in
            guard case .delete(let error) = answer, deletion.finish(index, error) else { return nil }
            return try context.frame(deletion.response)
          })
        state.coordinator.delete(groupID, request: id, now: context.now)
      }
    }
    return isParked(context.id) ? .holding : .done
  }
}

/// Several groups that are deleted at once, by several coordinators: the last one answers the request.
private final class GroupDeletion: Sendable {
  private struct State {
    var errors: [ErrorCode]
    var remaining: Int
  }

  private let groupIDs: [String]
  private let state: Mutex<State>

  init(_ groupIDs: [String]) {
    self.groupIDs = groupIDs
    state = Mutex(
      State(errors: Array(repeating: .groupIDNotFound, count: groupIDs.count), remaining: groupIDs.count))
  }

  /// Whether this was the last.
  func finish(_ index: Int, _ error: ErrorCode) -> Bool {
    state.withLock { state in
      state.errors[index] = error
      state.remaining -= 1
      return state.remaining == 0
    }
  }

  var response: DeleteGroupsResponse {
    let errors = state.withLock { $0.errors }
    var response = DeleteGroupsResponse()
    response.results = zip(groupIDs, errors).map { groupID, error in
      var result = DeleteGroupsResponse.DeletableGroupResult()
      result.groupID = groupID
      result.errorCode = error
      return result
    }
    return response
  }
}
