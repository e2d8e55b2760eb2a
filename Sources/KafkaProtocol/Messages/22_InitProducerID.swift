/// Asks for a producer id, or the next epoch of one (KIP-98, KIP-360).
public struct InitProducerIDRequest: RequestMessage {
  public typealias Response = InitProducerIDResponse

  public static let key = ApiKey.initProducerID
  public static let versions: ClosedRange<Int16> = 0...6
  public static let firstFlexibleVersion: Int16 = 2

  public var transactionalID: String? = ""
  public var transactionTimeoutMs: Int32 = 0
  public var producerID: Int64 = -1
  public var producerEpoch: Int16 = -1
  public var enable2Pc = false
  public var keepPreparedTxn = false

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&transactionalID)
    try coder.field(&transactionTimeoutMs)
    try coder.field(&producerID, from: 3)
    try coder.field(&producerEpoch, from: 3)
    try coder.field(&enable2Pc, from: 6)
    try coder.field(&keepPreparedTxn, from: 6)
    try coder.noTags()
  }
}

/// The producer id and its epoch.
public struct InitProducerIDResponse: ResponseMessage {
  public static let key = ApiKey.initProducerID
  public static let versions: ClosedRange<Int16> = 0...6
  public static let firstFlexibleVersion: Int16 = 2

  public var throttleTimeMs: Int32 = 0
  public var errorCode = ErrorCode.none
  public var producerID: Int64 = -1
  public var producerEpoch: Int16 = 0
  public var ongoingTxnProducerID: Int64 = -1
  public var ongoingTxnProducerEpoch: Int16 = -1

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&errorCode)
    try coder.field(&producerID)
    try coder.field(&producerEpoch)
    try coder.field(&ongoingTxnProducerID, from: 6)
    try coder.field(&ongoingTxnProducerEpoch, from: 6)
    try coder.noTags()
  }
}
