/// Asks which broker coordinates a group (key type 0), a transaction (1) or a share group (2); many keys from version 4
/// on (KIP-699).
public struct FindCoordinatorRequest: RequestMessage {
  public typealias Response = FindCoordinatorResponse

  public static let key = ApiKey.findCoordinator
  public static let versions: ClosedRange<Int16> = 0...6
  public static let firstFlexibleVersion: Int16 = 3

  public var key = ""
  public var keyType: Int8 = 0
  public var coordinatorKeys: [String] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&key, to: 3)
    try coder.field(&keyType, from: 1)
    try coder.field(&coordinatorKeys, from: 4)
    try coder.noTags()
  }
}

/// The coordinator of each key.
public struct FindCoordinatorResponse: ResponseMessage {
  public struct Coordinator: FieldStruct {
    public var key = ""
    public var nodeID: Int32 = 0
    public var host = ""
    public var port: Int32 = 0
    public var errorCode = ErrorCode.none
    public var errorMessage: String? = ""

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&key, from: 4)
      try coder.field(&nodeID, from: 4)
      try coder.field(&host, from: 4)
      try coder.field(&port, from: 4)
      try coder.field(&errorCode, from: 4)
      try coder.field(&errorMessage, from: 4)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.findCoordinator
  public static let versions: ClosedRange<Int16> = 0...6
  public static let firstFlexibleVersion: Int16 = 3

  public var throttleTimeMs: Int32 = 0
  public var errorCode = ErrorCode.none
  public var errorMessage: String? = ""
  public var nodeID: Int32 = 0
  public var host = ""
  public var port: Int32 = 0
  public var coordinators: [Coordinator] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs, from: 1)
    try coder.field(&errorCode, to: 3)
    try coder.field(&errorMessage, from: 1, to: 3)
    try coder.field(&nodeID, to: 3)
    try coder.field(&host, to: 3)
    try coder.field(&port, to: 3)
    try coder.field(&coordinators, from: 4)
    try coder.noTags()
  }
}
