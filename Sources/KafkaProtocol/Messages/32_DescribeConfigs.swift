/// Asks for the configs of topics (resource type 2) and brokers (4).
public struct DescribeConfigsRequest: RequestMessage {
  public struct DescribeConfigsResource: FieldStruct {
    public var resourceType: Int8 = 0
    public var resourceName = ""
    public var configurationKeys: [String]? = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&resourceType)
      try coder.field(&resourceName)
      try coder.field(&configurationKeys)
      try coder.noTags()
    }
  }

  public typealias Response = DescribeConfigsResponse

  public static let key = ApiKey.describeConfigs
  public static let versions: ClosedRange<Int16> = 1...4
  public static let firstFlexibleVersion: Int16 = 4

  public var resources: [DescribeConfigsResource] = []
  public var includeSynonyms = false
  public var includeDocumentation = false

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&resources)
    try coder.field(&includeSynonyms)
    try coder.field(&includeDocumentation, from: 3)
    try coder.noTags()
  }
}

/// The configs, with where each value comes from.
public struct DescribeConfigsResponse: ResponseMessage {
  public struct DescribeConfigsResult: FieldStruct {
    public var errorCode = ErrorCode.none
    public var errorMessage: String? = ""
    public var resourceType: Int8 = 0
    public var resourceName = ""
    public var configs: [DescribeConfigsResourceResult] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&errorCode)
      try coder.field(&errorMessage)
      try coder.field(&resourceType)
      try coder.field(&resourceName)
      try coder.field(&configs)
      try coder.noTags()
    }
  }

  public struct DescribeConfigsResourceResult: FieldStruct {
    public var name = ""
    public var value: String? = ""
    public var readOnly = false
    public var configSource: Int8 = -1
    public var isSensitive = false
    public var synonyms: [DescribeConfigsSynonym] = []
    public var configType: Int8 = 0
    public var documentation: String? = ""

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&value)
      try coder.field(&readOnly)
      try coder.field(&configSource)
      try coder.field(&isSensitive)
      try coder.field(&synonyms)
      try coder.field(&configType, from: 3)
      try coder.field(&documentation, from: 3)
      try coder.noTags()
    }
  }

  public struct DescribeConfigsSynonym: FieldStruct {
    public var name = ""
    public var value: String? = ""
    public var source: Int8 = 0

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&value)
      try coder.field(&source)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.describeConfigs
  public static let versions: ClosedRange<Int16> = 1...4
  public static let firstFlexibleVersion: Int16 = 4

  public var throttleTimeMs: Int32 = 0
  public var results: [DescribeConfigsResult] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&results)
    try coder.noTags()
  }
}
