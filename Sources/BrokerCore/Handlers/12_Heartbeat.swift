import Coordination
import KafkaProtocol
import LogStore

extension RequestProcessor {
  func heartbeat(_ context: RequestContext, _ request: HeartbeatRequest) throws(ProtocolError) -> RequestProgress {
    var response = HeartbeatResponse()
    response.errorCode = .notCoordinator
    // A coordinator that can keep nothing any more must not keep members either.
    if let shard = broker.groups.shard(of: request.groupID), !shard.partition.isOffline {
      let member = GroupMemberIdentity(memberID: request.memberID, instanceID: request.groupInstanceID)
      act(on: shard, now: context.now) { state in
        response.errorCode = state.coordinator.heartbeat(
          request.groupID, member, generation: request.generationID, now: context.now)
      }
    }
    return try reply(context, response)
  }
}
