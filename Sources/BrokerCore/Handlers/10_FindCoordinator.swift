import KafkaProtocol
import LogStore

// This broker coordinates all groups; `__consumer_offsets` is created for the first that asks.
extension RequestProcessor {
  private static var groupKeyType: Int8 { 0 }
  private static var transactionKeyType: Int8 { 1 }

  func findCoordinator(
    _ context: RequestContext, _ request: FindCoordinatorRequest
  ) throws(ProtocolError) -> RequestProgress {
    let keys = context.version < 4 ? [request.key] : request.coordinatorKeys
    guard request.keyType == Self.groupKeyType else {
      let isTransactional = request.keyType == Self.transactionKeyType
      let error = isTransactional ? ErrorCode.coordinatorNotAvailable : .invalidRequest
      let message = isTransactional ? "transactions are not supported" : "there is no key type \(request.keyType)"
      return try reply(context, Self.response(keys, version: context.version, error, message))
    }
    if broker.groups.isOpen {
      return try reply(context, Self.response(keys, version: context.version, at: broker))
    }
    let now = context.now
    let version = context.version
    return replyFromWork(context) { broker, effects in
      do throws(TopicError) {
        try broker.openGroups(now: now, effects: &effects)
        return Self.response(keys, version: version, at: broker)
      } catch {
        effects.append(.warning(key: "groups", message: "cannot open __consumer_offsets: \(error.message)"))
        return Self.response(keys, version: version, .coordinatorNotAvailable, error.message)
      }
    }
  }

  private static func response(
    _ keys: [String], version: Int16, at broker: Broker<Files>
  ) -> FindCoordinatorResponse {
    response(keys, version: version) { coordinator in
      guard broker.groups.shard(of: coordinator.key) != nil else {
        return fail(&coordinator, .coordinatorNotAvailable, "the log of the group's coordinator cannot be read")
      }
      let endpoint = broker.endpoint
      coordinator.nodeID = broker.identity.nodeID
      coordinator.host = endpoint.host
      coordinator.port = endpoint.port
      coordinator.errorMessage = nil
    }
  }

  private static func response(
    _ keys: [String], version: Int16, _ error: ErrorCode, _ message: String
  ) -> FindCoordinatorResponse {
    response(keys, version: version) { fail(&$0, error, message) }
  }

  private static func fail(
    _ coordinator: inout FindCoordinatorResponse.Coordinator, _ error: ErrorCode, _ message: String
  ) {
    coordinator.nodeID = -1
    coordinator.port = -1
    coordinator.errorCode = error
    coordinator.errorMessage = message
  }

  /// One coordinator in the response itself before version 4, and one for each key from then on (KIP-699).
  private static func response(
    _ keys: [String], version: Int16, _ fill: (inout FindCoordinatorResponse.Coordinator) -> Void
  ) -> FindCoordinatorResponse {
    var response = FindCoordinatorResponse()
    let coordinators = keys.map { key in
      var coordinator = FindCoordinatorResponse.Coordinator()
      coordinator.key = key
      fill(&coordinator)
      return coordinator
    }
    if version >= 4 {
      response.coordinators = coordinators
    } else if let coordinator = coordinators.first {
      response.errorCode = coordinator.errorCode
      response.errorMessage = coordinator.errorMessage
      response.nodeID = coordinator.nodeID
      response.host = coordinator.host
      response.port = coordinator.port
    }
    return response
  }
}
