import Base

/// Asks which metrics of the client the broker wants (KIP-714). A zero id asks for one.
public struct GetTelemetrySubscriptionsRequest: RequestMessage {
  public typealias Response = GetTelemetrySubscriptionsResponse

  public static let key = ApiKey.getTelemetrySubscriptions
  public static let versions: ClosedRange<Int16> = 0...0
  public static let firstFlexibleVersion: Int16 = 0

  public var clientInstanceID = UUID.zero

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&clientInstanceID)
    try coder.noTags()
  }
}

/// The metrics, and how they are to be pushed.
public struct GetTelemetrySubscriptionsResponse: ResponseMessage {
  public static let key = ApiKey.getTelemetrySubscriptions
  public static let versions: ClosedRange<Int16> = 0...0
  public static let firstFlexibleVersion: Int16 = 0

  public var throttleTimeMs: Int32 = 0
  public var errorCode = ErrorCode.none
  public var clientInstanceID = UUID.zero
  public var subscriptionID: Int32 = 0
  public var acceptedCompressionTypes: [Int8] = []
  public var pushIntervalMs: Int32 = 0
  public var telemetryMaxBytes: Int32 = 0
  public var deltaTemporality = false
  public var requestedMetrics: [String] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&errorCode)
    try coder.field(&clientInstanceID)
    try coder.field(&subscriptionID)
    try coder.field(&acceptedCompressionTypes)
    try coder.field(&pushIntervalMs)
    try coder.field(&telemetryMaxBytes)
    try coder.field(&deltaTemporality)
    try coder.field(&requestedMetrics)
    try coder.noTags()
  }
}
