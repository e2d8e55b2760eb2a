/// Asks which APIs the broker has, in which versions (KIP-35, KIP-511).
public struct ApiVersionsRequest: RequestMessage {
  public typealias Response = ApiVersionsResponse

  public static let key = ApiKey.apiVersions
  public static let versions: ClosedRange<Int16> = 0...4
  public static let firstFlexibleVersion: Int16 = 3

  public var clientSoftwareName = ""
  public var clientSoftwareVersion = ""

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&clientSoftwareName, from: 3)
    try coder.field(&clientSoftwareVersion, from: 3)
    try coder.noTags()
  }
}

/// The APIs and their versions.
public struct ApiVersionsResponse: ResponseMessage {
  public struct ApiVersion: FieldStruct {
    public var apiKey: Int16 = 0
    public var minVersion: Int16 = 0
    public var maxVersion: Int16 = 0

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&apiKey)
      try coder.field(&minVersion)
      try coder.field(&maxVersion)
      try coder.noTags()
    }
  }

  public struct SupportedFeatureKey: FieldStruct {
    public var name = ""
    public var minVersion: Int16 = 0
    public var maxVersion: Int16 = 0

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name, from: 3)
      try coder.field(&minVersion, from: 3)
      try coder.field(&maxVersion, from: 3)
      try coder.noTags()
    }
  }

  public struct FinalizedFeatureKey: FieldStruct {
    public var name = ""
    public var maxVersionLevel: Int16 = 0
    public var minVersionLevel: Int16 = 0

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name, from: 3)
      try coder.field(&maxVersionLevel, from: 3)
      try coder.field(&minVersionLevel, from: 3)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.apiVersions
  public static let versions: ClosedRange<Int16> = 0...4
  public static let firstFlexibleVersion: Int16 = 3

  public var errorCode = ErrorCode.none
  public var apiKeys: [ApiVersion] = []
  public var throttleTimeMs: Int32 = 0
  public var supportedFeatures: [SupportedFeatureKey] = []
  public var finalizedFeaturesEpoch: Int64 = -1
  public var finalizedFeatures: [FinalizedFeatureKey] = []
  public var zkMigrationReady = false

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&errorCode)
    try coder.field(&apiKeys)
    try coder.field(&throttleTimeMs, from: 1)
    var tags = try coder.beginTags()
    try coder.tagged(0, &supportedFeatures, default: [], from: 3, in: &tags)
    try coder.tagged(1, &finalizedFeaturesEpoch, default: -1, from: 3, in: &tags)
    try coder.tagged(2, &finalizedFeatures, default: [], from: 3, in: &tags)
    try coder.tagged(3, &zkMigrationReady, default: false, from: 3, in: &tags)
    try coder.endTags(tags)
  }
}
