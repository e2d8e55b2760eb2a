/// Where the records of one stream go and what they carry besides their value. One object for all records of a
/// stream, so that a producer may prepare what it needs once.
public final class RecordRoute: Sendable {
  /// A header of each record of the stream.
  public struct Header: Sendable, Hashable {
    public var name: String
    public var value: [UInt8]

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = Array(value.utf8)
    }
  }

  public let topic: String
  /// Chooses the partition, so that the stream keeps its order; empty for none.
  public let key: [UInt8]
  public let headers: [Header]
  /// What messages to a person call the stream: the path of a file, a unit.
  public let name: String

  public init(topic: String, key: [UInt8], headers: [Header], name: String) {
    self.topic = topic
    self.key = key
    self.headers = headers
    self.name = name
  }
}
