/// The headers of a record where they lie: valid as long as the record's bytes are. They were checked with the record.
public struct RecordHeadersView: Sequence {
  public struct Header {
    /// UTF-8 as a rule; nothing checks it.
    public var key: UnsafeRawBufferPointer
    /// nil: null.
    public var value: UnsafeRawBufferPointer?

    @inlinable
    init(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer?) {
      self.key = key
      self.value = value
    }
  }

  public struct Iterator: IteratorProtocol {
    @usableFromInline var remaining: Int
    @usableFromInline let bytes: UnsafeRawBufferPointer
    @usableFromInline var position = 0

    @inlinable
    init(_ view: RecordHeadersView) {
      remaining = view.count
      bytes = view.bytes
    }

    @inlinable
    public mutating func next() -> Header? {
      guard remaining > 0 else { return nil }
      remaining &-= 1
      do throws(RecordFault) {
        guard let key = try RecordFields.field(bytes, at: &position) else { return nil }
        return Header(key: key, value: try RecordFields.field(bytes, at: &position))
      } catch {
        // `RecordFields` has read the same bytes before.
        preconditionFailure("headers that were checked are malformed: \(error)")
      }
    }
  }

  public let count: Int
  @usableFromInline let bytes: UnsafeRawBufferPointer

  @inlinable
  init(count: Int, bytes: UnsafeRawBufferPointer) {
    self.count = count
    self.bytes = bytes
  }

  @inlinable
  public func makeIterator() -> Iterator { Iterator(self) }

  /// The value of the last header with this key, as Kafka's `lastHeader`; nil when there is none or its value is null.
  @inlinable
  public func last(_ key: StaticString) -> UnsafeRawBufferPointer? {
    last(UnsafeRawBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
  }

  /// As above, for a key that is not known beforehand.
  @inlinable
  public func last(_ key: [UInt8]) -> UnsafeRawBufferPointer? {
    key.withUnsafeBytes { last($0) }
  }

  @inlinable
  func last(_ wanted: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    var value: UnsafeRawBufferPointer?
    for header in self where header.key.count == wanted.count && header.key.elementsEqual(wanted) {
      value = header.value
    }
    return value
  }
}
