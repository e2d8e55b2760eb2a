import Base

/// Deletes topics, by name or from version 6 on by id (KIP-516).
public struct DeleteTopicsRequest: RequestMessage {
  public struct DeleteTopicState: FieldStruct {
    public var name: String?
    public var topicID = UUID.zero

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name, from: 6)
      try coder.field(&topicID, from: 6)
      try coder.noTags()
    }
  }

  public typealias Response = DeleteTopicsResponse

  public static let key = ApiKey.deleteTopics
  public static let versions: ClosedRange<Int16> = 1...6
  public static let firstFlexibleVersion: Int16 = 4

  public var topics: [DeleteTopicState] = []
  public var topicNames: [String] = []
  public var timeoutMs: Int32 = 0

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&topics, from: 6)
    try coder.field(&topicNames, to: 5)
    try coder.field(&timeoutMs)
    try coder.noTags()
  }
}

/// What became of each topic.
public struct DeleteTopicsResponse: ResponseMessage {
  public struct DeletableTopicResult: FieldStruct {
    public var name: String? = ""
    public var topicID = UUID.zero
    public var errorCode = ErrorCode.none
    public var errorMessage: String?

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&topicID, from: 6)
      try coder.field(&errorCode)
      try coder.field(&errorMessage, from: 5)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.deleteTopics
  public static let versions: ClosedRange<Int16> = 1...6
  public static let firstFlexibleVersion: Int16 = 4

  public var throttleTimeMs: Int32 = 0
  public var responses: [DeletableTopicResult] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&responses)
    try coder.noTags()
  }
}
