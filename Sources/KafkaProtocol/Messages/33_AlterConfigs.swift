/// Replaces all configs of resources: what is not named goes back to its default. Superseded by IncrementalAlterConfigs
/// (KIP-339).
public struct AlterConfigsRequest: RequestMessage {
  public struct AlterConfigsResource: FieldStruct {
    public var resourceType: Int8 = 0
    public var resourceName = ""
    public var configs: [AlterableConfig] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&resourceType)
      try coder.field(&resourceName)
      try coder.field(&configs)
      try coder.noTags()
    }
  }

  public struct AlterableConfig: FieldStruct {
    public var name = ""
    public var value: String? = ""

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&value)
      try coder.noTags()
    }
  }

  public typealias Response = AlterConfigsResponse

  public static let key = ApiKey.alterConfigs
  public static let versions: ClosedRange<Int16> = 0...2
  public static let firstFlexibleVersion: Int16 = 2

  public var resources: [AlterConfigsResource] = []
  public var validateOnly = false

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&resources)
    try coder.field(&validateOnly)
    try coder.noTags()
  }
}

/// What became of each resource.
public struct AlterConfigsResponse: ResponseMessage {
  public struct AlterConfigsResourceResponse: FieldStruct {
    public var errorCode = ErrorCode.none
    public var errorMessage: String? = ""
    public var resourceType: Int8 = 0
    public var resourceName = ""

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&errorCode)
      try coder.field(&errorMessage)
      try coder.field(&resourceType)
      try coder.field(&resourceName)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.alterConfigs
  public static let versions: ClosedRange<Int16> = 0...2
  public static let firstFlexibleVersion: Int16 = 2

  public var throttleTimeMs: Int32 = 0
  public var responses: [AlterConfigsResourceResponse] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&responses)
    try coder.noTags()
  }
}
