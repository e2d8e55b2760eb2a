import Base

/// The 61 bytes in front of every record batch of magic 2 (KIP-98), in the order they lie on disk and on the wire.
public struct RecordBatchHeader: Sendable, Hashable {
  /// Bytes of the whole header.
  public static let size = 61
  /// Bytes before the part that `batchLength` counts: base offset and the length itself.
  public static let lengthPrefixSize = 12
  /// Where the CRC-32C starts to count: at the attributes. Base offset and leader epoch lie outside.
  public static let checksummedOffset = 21

  public var baseOffset: Int64
  /// Bytes after the length field itself; the batch has 12 more.
  public var batchLength: Int32
  public var partitionLeaderEpoch: Int32
  public var magic: Int8
  public var crc: UInt32
  public var attributes: RecordBatchAttributes
  public var lastOffsetDelta: Int32
  /// Milliseconds since 1970-01-01 UTC.
  public var baseTimestamp: Int64
  public var maxTimestamp: Int64
  /// -1: not idempotent.
  public var producerID: Int64
  public var producerEpoch: Int16
  public var baseSequence: Int32
  public var recordCount: Int32

  /// Bytes of the whole batch, header included. Meaningless before `batchLength` was checked.
  @inlinable public var size: Int { Int(batchLength) + Self.lengthPrefixSize }
  @inlinable public var lastOffset: Int64 { baseOffset &+ Int64(lastOffsetDelta) }
  /// The offset after the batch.
  @inlinable public var nextOffset: Int64 { lastOffset &+ 1 }

  public init(
    baseOffset: Int64, batchLength: Int32, partitionLeaderEpoch: Int32, magic: Int8, crc: UInt32,
    attributes: RecordBatchAttributes, lastOffsetDelta: Int32, baseTimestamp: Int64, maxTimestamp: Int64,
    producerID: Int64, producerEpoch: Int16, baseSequence: Int32, recordCount: Int32
  ) {
    self.baseOffset = baseOffset
    self.batchLength = batchLength
    self.partitionLeaderEpoch = partitionLeaderEpoch
    self.magic = magic
    self.crc = crc
    self.attributes = attributes
    self.lastOffsetDelta = lastOffsetDelta
    self.baseTimestamp = baseTimestamp
    self.maxTimestamp = maxTimestamp
    self.producerID = producerID
    self.producerEpoch = producerEpoch
    self.baseSequence = baseSequence
    self.recordCount = recordCount
  }

  /// Reads the fields as they are, without judging them; nil when fewer than 61 bytes are given.
  @inlinable
  public init?(reading bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.size else { return nil }
    func load<T: FixedWidthInteger>(_ offset: Int, as type: T.Type) -> T {
      T(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
    }
    baseOffset = load(0, as: Int64.self)
    batchLength = load(8, as: Int32.self)
    partitionLeaderEpoch = load(12, as: Int32.self)
    magic = load(16, as: Int8.self)
    crc = load(17, as: UInt32.self)
    attributes = RecordBatchAttributes(rawValue: load(21, as: UInt16.self))
    lastOffsetDelta = load(23, as: Int32.self)
    baseTimestamp = load(27, as: Int64.self)
    maxTimestamp = load(35, as: Int64.self)
    producerID = load(43, as: Int64.self)
    producerEpoch = load(51, as: Int16.self)
    baseSequence = load(53, as: Int32.self)
    recordCount = load(57, as: Int32.self)
  }
}
