import Base
import KafkaProtocol

/// What a handler knows of the request beside its message.
public struct RequestContext: Sendable {
  public let id: RequestID
  public let header: RequestHeader
  /// Without the port, as groups show it: `127.0.0.1`.
  public let host: String
  /// When it was received.
  public let now: Moment

  public var version: Int16 { header.version }

  /// The frame of an answer.
  func frame(_ response: some ResponseMessage) throws(ProtocolError) -> EncodedFrame {
    try response.frame(version: version, correlationID: header.correlationID)
  }
}
