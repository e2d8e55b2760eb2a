/// Asks what there is that has configs: client metrics alone in version 0, the given types from 1 on (KIP-1142).
public struct ListConfigResourcesRequest: RequestMessage {
  public typealias Response = ListConfigResourcesResponse

  public static let key = ApiKey.listConfigResources
  public static let versions: ClosedRange<Int16> = 0...1
  public static let firstFlexibleVersion: Int16 = 0

  public var resourceTypes: [Int8] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&resourceTypes, from: 1)
    try coder.noTags()
  }
}

/// The resources by name and type.
public struct ListConfigResourcesResponse: ResponseMessage {
  public struct ConfigResource: FieldStruct {
    public var resourceName = ""
    public var resourceType: Int8 = 16

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&resourceName)
      try coder.field(&resourceType, from: 1)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.listConfigResources
  public static let versions: ClosedRange<Int16> = 0...1
  public static let firstFlexibleVersion: Int16 = 0

  public var throttleTimeMs: Int32 = 0
  public var errorCode = ErrorCode.none
  public var configResources: [ConfigResource] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&errorCode)
    try coder.field(&configResources)
    try coder.noTags()
  }
}
