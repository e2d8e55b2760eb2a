import Base

/// Collects records and makes a batch of them. Memory is kept from batch to batch; a record costs no allocation.
///
///     var builder = RecordBatchBuilder()
///     if builder.sizeAfterAppending(keySize: 3, valueSize: 200, headers: headers, timestamp: now) <= limit {
///       try builder.append(key: key, value: value, headers: headers, timestamp: now)
///     }
///     let bytes = try builder.build(.lz4, with: compressor, producer: producer)
///     builder.removeAll()
public struct RecordBatchBuilder: Sendable {
  @usableFromInline var storage: [UInt8] = []
  /// Bytes of `storage` that hold records.
  @usableFromInline var used = 0
  @usableFromInline var recordCount: Int32 = 0
  @usableFromInline var baseTimestamp: Int64 = 0
  @usableFromInline var maxTimestamp: Int64 = .min

  public init() {}

  /// Records so far.
  @inlinable public var count: Int { Int(recordCount) }
  @inlinable public var isEmpty: Bool { recordCount == 0 }
  /// Bytes the batch would have without compression, its header included; 61 without records.
  @inlinable public var size: Int { RecordBatchHeader.size &+ used }

  /// Bytes the batch would have without compression if this record were added; exact, `Int.max` if it cannot be.
  /// Sizes are nil for null.
  @inlinable
  public func sizeAfterAppending(
    keySize: Int?, valueSize: Int?, headers: RecordHeaders = .empty, timestamp: Int64
  ) -> Int {
    guard
      let body = bodySize(keySize: keySize, valueSize: valueSize, headers: headers, timestamp: timestamp)
    else { return .max }
    return size &+ Varint.size(Int64(body)) &+ body
  }

  /// Bytes of a record without the size in front of it; nil when it has no place in a batch.
  @inlinable
  func bodySize(keySize: Int?, valueSize: Int?, headers: RecordHeaders, timestamp: Int64) -> Int? {
    let key = keySize ?? 0
    let value = valueSize ?? 0
    let limit = Int(Int32.max)
    let (delta, overflow) = timestamp.subtractingReportingOverflow(isEmpty ? timestamp : baseTimestamp)
    guard !overflow, key <= limit, value <= limit, recordCount < Int32.max else { return nil }
    return 1 &+ Varint.size(delta) &+ Varint.size(Int64(recordCount)) &+ Varint.size(Int64(keySize ?? -1)) &+ key
      &+ Varint.size(Int64(valueSize ?? -1)) &+ value &+ headers.size
  }

  /// Adds a record; a nil key or value is null.
  ///
  /// - Parameter timestamp: milliseconds since 1970-01-01 UTC.
  /// - Throws: `.tooLarge` when the batch would have 2 GB or more, `.record` when the timestamps lie too far apart.
  ///   The builder is unchanged then.
  @inlinable
  public mutating func append(
    key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, headers: RecordHeaders = .empty, timestamp: Int64
  ) throws(RecordBatchError) {
    let body = bodySize(keySize: key?.count, valueSize: value?.count, headers: headers, timestamp: timestamp)
    guard let body else { throw refusal(.record(index: count, fault: .timestampOutOfRange)) }
    let total = Varint.size(Int64(body)) &+ body
    guard size &+ total <= Int(Int32.max) else { throw refusal(.tooLarge(limit: Int(Int32.max))) }
    if isEmpty { baseTimestamp = timestamp }
    reserve(used &+ total)
    let delta = timestamp &- baseTimestamp
    let deltaOfOffset = Int64(recordCount)
    used = storage.withUnsafeMutableBytes { [used] bytes in
      var position = used
      Varint.write(Int64(body), to: bytes, at: &position)
      bytes[position] = 0
      position &+= 1
      Varint.write(delta, to: bytes, at: &position)
      Varint.write(deltaOfOffset, to: bytes, at: &position)
      Self.write(key, to: bytes, at: &position)
      Self.write(value, to: bytes, at: &position)
      Varint.write(Int64(headers.count), to: bytes, at: &position)
      headers.encoded.withUnsafeBytes { Self.copy($0, to: bytes, at: &position) }
      return position
    }
    maxTimestamp = max(maxTimestamp, timestamp)
    recordCount &+= 1
  }

  /// As above, for bytes in arrays.
  public mutating func append(
    key: [UInt8]?, value: [UInt8]?, headers: RecordHeaders = .empty, timestamp: Int64
  ) throws(RecordBatchError) {
    let keyArray = key ?? []
    let valueArray = value ?? []
    try keyArray.span.withUnsafeBytes { keyBytes throws(RecordBatchError) in
      try valueArray.span.withUnsafeBytes { valueBytes throws(RecordBatchError) in
        try append(
          key: key == nil ? nil : keyBytes, value: value == nil ? nil : valueBytes, headers: headers,
          timestamp: timestamp)
      }
    }
  }

  /// The batch: magic 2, base offset 0, leader epoch -1. There is at least one record. Where compression does not make
  /// it smaller, the batch is not compressed and says so. The builder keeps its records, so that another batch can be
  /// made of them.
  public func build(
    _ compression: Compression, with compressor: Compressor, producer: RecordProducer = .none,
    isTransactional: Bool = false, isControl: Bool = false
  ) throws(RecordBatchError) -> [UInt8] {
    precondition(!isEmpty, "a batch has records")
    return try storage.span.withUnsafeBytes { bytes throws(RecordBatchError) in
      let records = UnsafeRawBufferPointer(rebasing: bytes[..<used])
      var payload = records
      do throws(CompressionError) {
        payload = try compressor.compress(records, with: compression)
      } catch {
        throw refusal(.compression(error))
      }
      var codec = compression
      if payload.count >= records.count {
        payload = records
        codec = .none
      }
      let attributes = RecordBatchAttributes(
        compression: codec, isTransactional: isTransactional, isControl: isControl)
      return assemble(payload, attributes, producer)
    }
  }

  /// Forgets the records and keeps the memory.
  public mutating func removeAll() {
    used = 0
    recordCount = 0
    maxTimestamp = .min
  }

  private func assemble(
    _ payload: UnsafeRawBufferPointer, _ attributes: RecordBatchAttributes, _ producer: RecordProducer
  ) -> [UInt8] {
    RecordBatchHeader(
      baseOffset: 0, batchLength: 0, partitionLeaderEpoch: -1, magic: 2, crc: 0, attributes: attributes,
      lastOffsetDelta: recordCount - 1, baseTimestamp: baseTimestamp, maxTimestamp: maxTimestamp,
      producerID: producer.id, producerEpoch: producer.epoch, baseSequence: producer.baseSequence,
      recordCount: recordCount
    ).batch(with: payload)
  }

  @inlinable
  mutating func reserve(_ count: Int) {
    guard storage.count < count else { return }
    storage += repeatElement(0, count: max(count, storage.count &* 2, 4096) &- storage.count)
  }

  @usableFromInline
  func refusal(_ reason: RecordBatchError.Reason) -> RecordBatchError {
    RecordBatchError(reason, baseOffset: 0, nextOffset: 0)
  }

  @inlinable
  static func write(
    _ field: UnsafeRawBufferPointer?, to bytes: UnsafeMutableRawBufferPointer, at position: inout Int
  ) {
    guard let field else { return Varint.write(-1, to: bytes, at: &position) }
    Varint.write(Int64(field.count), to: bytes, at: &position)
    copy(field, to: bytes, at: &position)
  }

  @inlinable
  static func copy(
    _ source: UnsafeRawBufferPointer, to bytes: UnsafeMutableRawBufferPointer, at position: inout Int
  ) {
    UnsafeMutableRawBufferPointer(rebasing: bytes[position...]).copyMemory(from: source)
    position &+= source.count
  }
}
