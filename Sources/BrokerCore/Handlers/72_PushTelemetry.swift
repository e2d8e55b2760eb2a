import Base
import KafkaProtocol

extension RequestProcessor {
  /// Checks what a client pushes, and lets it go: there is nobody to hand it to.
  func pushTelemetry(
    _ context: RequestContext, _ request: PushTelemetryRequest
  ) throws(ProtocolError) -> RequestProgress {
    var response = PushTelemetryResponse()
    if request.clientInstanceID == .zero {
      response.errorCode = .invalidRequest
    } else if request.subscriptionID != Telemetry.subscriptionID(of: request.clientInstanceID) {
      response.errorCode = .unknownSubscriptionID
    } else if request.compressionType != 0, !Telemetry.compressionTypes.contains(request.compressionType) {
      response.errorCode = .unsupportedCompressionType
    } else if request.metrics.count > Int(Telemetry.byteLimit) {
      response.errorCode = .telemetryTooLarge
    }
    return try reply(context, response)
  }
}
