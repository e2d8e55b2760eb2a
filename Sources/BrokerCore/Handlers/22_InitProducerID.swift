import Base
import KafkaProtocol
import MetadataStore

extension RequestProcessor {
  /// Idempotent producers alone: a transactional id is refused with the one error that clients take as final, and a
  /// line in the log says why.
  func initProducerID(
    _ context: RequestContext, _ request: InitProducerIDRequest
  ) throws(ProtocolError) -> RequestProgress {
    var response = InitProducerIDResponse()
    response.producerEpoch = -1
    guard request.transactionalID == nil else {
      response.errorCode = .unsupportedVersion
      effects.append(
        .warning(
          key: "transactions",
          message: "a producer with a transactional id was refused: transactions are not supported"))
      return try reply(context, response)
    }
    guard request.producerID < 0 || request.producerEpoch >= 0 else {
      response.errorCode = .invalidRequest
      return try reply(context, response)
    }
    // An idempotent producer that lost its way starts over with a new id rather than a new epoch (KIP-360 leaves that
    // to the broker).
    if let id = broker.producerIDs.next() {
      response.producerID = id
      response.producerEpoch = 0
      return try reply(context, response)
    }
    return replyFromWork(context) { broker, effects in
      var response = InitProducerIDResponse()
      do throws(MetadataStoreError) {
        response.producerID = try broker.producerIDs.refill(from: broker.metadata)
        response.producerEpoch = 0
      } catch {
        response.errorCode = .coordinatorNotAvailable
        response.producerEpoch = -1
        effects.append(.warning(key: "producer-ids", message: "no producer id can be given: \(error)"))
      }
      return response
    }
  }
}
