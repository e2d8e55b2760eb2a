/// Asks who the brokers and the controller are (KIP-700).
public struct DescribeClusterRequest: RequestMessage {
  public typealias Response = DescribeClusterResponse

  public static let key = ApiKey.describeCluster
  public static let versions: ClosedRange<Int16> = 0...2
  public static let firstFlexibleVersion: Int16 = 0

  public var includeClusterAuthorizedOperations = false
  public var endpointType: Int8 = 1
  public var includeFencedBrokers = false

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&includeClusterAuthorizedOperations)
    try coder.field(&endpointType, from: 1)
    try coder.field(&includeFencedBrokers, from: 2)
    try coder.noTags()
  }
}

/// The brokers.
public struct DescribeClusterResponse: ResponseMessage {
  public struct DescribeClusterBroker: FieldStruct {
    public var brokerID: Int32 = 0
    public var host = ""
    public var port: Int32 = 0
    public var rack: String?
    public var isFenced = false

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&brokerID)
      try coder.field(&host)
      try coder.field(&port)
      try coder.field(&rack)
      try coder.field(&isFenced, from: 2)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.describeCluster
  public static let versions: ClosedRange<Int16> = 0...2
  public static let firstFlexibleVersion: Int16 = 0

  public var throttleTimeMs: Int32 = 0
  public var errorCode = ErrorCode.none
  public var errorMessage: String?
  public var endpointType: Int8 = 1
  public var clusterID = ""
  public var controllerID: Int32 = -1
  public var brokers: [DescribeClusterBroker] = []
  public var clusterAuthorizedOperations: Int32 = -2147483648

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&errorCode)
    try coder.field(&errorMessage)
    try coder.field(&endpointType, from: 1)
    try coder.field(&clusterID)
    try coder.field(&controllerID)
    try coder.field(&brokers)
    try coder.field(&clusterAuthorizedOperations)
    try coder.noTags()
  }
}
