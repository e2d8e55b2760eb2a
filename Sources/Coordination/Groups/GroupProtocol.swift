/// One way of assigning partitions that a member knows (`range`, `cooperative-sticky` …), with what its leader needs to
/// know about this member, opaque to the broker.
public struct GroupProtocol: Sendable, Hashable {
  public var name: String
  public var metadata: [UInt8]

  public init(name: String, metadata: [UInt8]) {
    self.name = name
    self.metadata = metadata
  }

  /// Bytes it is reckoned to take.
  var byteCount: Int { metadata.count + name.utf8.count + 64 }
}
