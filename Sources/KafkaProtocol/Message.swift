/// A request or a response: a struct on the wire with versions of its own.
public protocol Message: FieldStruct {
  /// The versions whose fields are described.
  static var versions: ClosedRange<Int16> { get }
  /// The first version with compact lengths and tagged fields (KIP-482); `Int16.max` for none.
  static var firstFlexibleVersion: Int16 { get }
  /// Whether bytes behind the last field are overlooked, as Kafka's brokers do with any request. Only where a client is
  /// known that needs it.
  static var toleratesTrailingBytes: Bool { get }
}

extension Message {
  @inlinable
  public static var toleratesTrailingBytes: Bool { false }

  @inlinable
  public static func isFlexible(_ version: Int16) -> Bool { version >= firstFlexibleVersion }
}

/// What a client sends.
public protocol RequestMessage: Message {
  associatedtype Response: ResponseMessage

  static var key: ApiKey { get }
}

/// What a broker answers.
public protocol ResponseMessage: Message {
  static var key: ApiKey { get }
}
