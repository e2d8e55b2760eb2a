import Base
import KafkaProtocol

/// What a broker without a metrics plugin says of telemetry (KIP-714): it wants no metrics.
enum Telemetry {
  /// zstd, lz4, gzip and snappy.
  static let compressionTypes: [Int8] = [4, 3, 1, 2]
  static let pushIntervalMs: Int32 = 300_000
  static let byteLimit: Int32 = 1 << 20

  /// Kafka's: the checksum of what is wanted, mixed with the hash of the client's id.
  static func subscriptionID(of client: UUID) -> Int32 {
    var wanted = "[]\(pushIntervalMs)"
    let checksum = wanted.withUTF8 { CRC32C.checksum(UnsafeRawBufferPointer($0)) }
    let mixed = client.high ^ client.low
    return Int32(bitPattern: checksum ^ UInt32(truncatingIfNeeded: mixed >> 32) ^ UInt32(truncatingIfNeeded: mixed))
  }
}

extension RequestProcessor {
  func getTelemetrySubscriptions(
    _ context: RequestContext, _ request: GetTelemetrySubscriptionsRequest
  ) throws(ProtocolError) -> RequestProgress {
    var response = GetTelemetrySubscriptionsResponse()
    response.clientInstanceID =
      request.clientInstanceID == .zero
      ? broker.clientInstanceIDs.withLock { UUID(random: &$0) } : request.clientInstanceID
    response.subscriptionID = Telemetry.subscriptionID(of: response.clientInstanceID)
    response.acceptedCompressionTypes = Telemetry.compressionTypes
    response.pushIntervalMs = Telemetry.pushIntervalMs
    response.telemetryMaxBytes = Telemetry.byteLimit
    response.deltaTemporality = true
    return try reply(context, response)
  }
}
