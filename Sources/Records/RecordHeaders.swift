/// The headers of a record (KIP-82), kept as they will stand in it, so that a set used for many records is encoded once.
public struct RecordHeaders: Sendable, Hashable {
  /// None at all.
  public static let empty = RecordHeaders()

  @usableFromInline var encoded: [UInt8] = []
  public private(set) var count: Int32 = 0

  @inlinable
  public init() {}

  /// Headers with these keys and values, in this order.
  public init(_ headers: KeyValuePairs<String, String>) {
    for (key, value) in headers { append(key: key, value: Array(value.utf8)) }
  }

  /// The bytes they take in a record, their count included.
  @inlinable public var size: Int { encoded.count &+ Varint.size(Int64(count)) }

  /// Adds a header. Keys may repeat; a null value is not an empty one. Together they stay below 2 GB.
  public mutating func append(key: String, value: [UInt8]?) {
    let key = Array(key.utf8)
    append(key)
    if let value {
      append(value)
    } else {
      append(number: -1)
    }
    count += 1
  }

  private mutating func append(_ bytes: [UInt8]) {
    append(number: Int64(bytes.count))
    encoded += bytes
  }

  private mutating func append(number: Int64) {
    withUnsafeTemporaryAllocation(byteCount: 10, alignment: 1) { bytes in
      var size = 0
      Varint.write(number, to: bytes, at: &size)
      encoded += UnsafeRawBufferPointer(rebasing: bytes[..<size])
    }
  }
}
