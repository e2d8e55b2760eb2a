/// Walks a buffer of batches, such as the records of a Fetch answer or a piece of a segment:
///
///     var reader = RecordBatchReader(bytes)
///     while let batch = try reader.next() {
///       var records = try decoder.records(of: batch)
///       while let record = try records.next() { … }
///     }
///
/// The buffer may end within a batch, as Fetch answers do: that is simply the end. After an error the reader stands
/// behind the batch in question and `next` goes on; the error tells the offset to continue from.
public struct RecordBatchReader {
  @usableFromInline let bytes: UnsafeRawBufferPointer
  /// Bytes of the buffer that are done with.
  public private(set) var position = 0
  /// The size of the batch that the end of the buffer cuts off, once `next` returned nil because of it. A consumer that
  /// got nothing else must ask for as much.
  public private(set) var truncatedBatchSize: Int?

  public init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  /// The next whole batch, of magic 2; nil at the end.
  public mutating func next() throws(RecordBatchError) -> RecordBatchSlice? {
    let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
    guard rest.count >= RecordBatchHeader.lengthPrefixSize else { return nil }
    let baseOffset = Int64(bigEndian: rest.loadUnaligned(fromByteOffset: 0, as: Int64.self))
    let length = Int32(bigEndian: rest.loadUnaligned(fromByteOffset: 8, as: Int32.self))
    let next = max(baseOffset, 0) &+ (baseOffset == .max ? 0 : 1)
    guard length > 0 else {
      // Where the next batch begins nobody knows.
      position = bytes.count
      throw RecordBatchError(.invalidLength(length), baseOffset: baseOffset, nextOffset: next)
    }
    let size = RecordBatchHeader.lengthPrefixSize + Int(length)
    guard size <= rest.count else {
      truncatedBatchSize = size
      return nil
    }
    position += size
    let batch = UnsafeRawBufferPointer(rebasing: rest[..<size])
    // Magic 0 and 1 keep it at the same place, in shorter batches.
    let magicOffset = 16
    if size > magicOffset, batch[magicOffset] != 2 {
      throw RecordBatchError(
        .unsupportedMagic(Int8(bitPattern: batch[magicOffset])), baseOffset: baseOffset, nextOffset: next)
    }
    guard let header = RecordBatchHeader(reading: batch) else {
      throw RecordBatchError(.invalidLength(length), baseOffset: baseOffset, nextOffset: next)
    }
    return RecordBatchSlice(header: header, bytes: batch)
  }
}
