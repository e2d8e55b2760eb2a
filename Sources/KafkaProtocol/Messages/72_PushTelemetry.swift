import Base

/// Hands in metrics of a client (KIP-714).
public struct PushTelemetryRequest: RequestMessage {
  public typealias Response = PushTelemetryResponse

  public static let key = ApiKey.pushTelemetry
  public static let versions: ClosedRange<Int16> = 0...0
  public static let firstFlexibleVersion: Int16 = 0

  public var clientInstanceID = UUID.zero
  public var subscriptionID: Int32 = 0
  public var terminating = false
  public var compressionType: Int8 = 0
  public var metrics: [UInt8] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&clientInstanceID)
    try coder.field(&subscriptionID)
    try coder.field(&terminating)
    try coder.field(&compressionType)
    try coder.field(&metrics)
    try coder.noTags()
  }
}

/// Whether they were taken.
public struct PushTelemetryResponse: ResponseMessage {
  public static let key = ApiKey.pushTelemetry
  public static let versions: ClosedRange<Int16> = 0...0
  public static let firstFlexibleVersion: Int16 = 0

  public var throttleTimeMs: Int32 = 0
  public var errorCode = ErrorCode.none

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&errorCode)
    try coder.noTags()
  }
}
