/// Gives batches another codec (`compression.type` of a topic). Keeps memory and codec contexts: one per thread, used
/// from one thread at a time.
public final class RecordBatchRecompressor {
  private let decompressor: Decompressor
  private let compressor = Compressor()

  /// - Parameter limit: the most bytes that the records of a batch may have when decompressed.
  public init(limit: Int = Decompressor.defaultLimit) {
    decompressor = Decompressor(limit: limit)
  }

  /// The batch with its records compressed by `codec`, even where that makes it larger, as Kafka does. Records, offsets,
  /// times and producer stay; length and CRC are computed anew. `bytes` hold exactly one batch whose header was
  /// validated.
  public func recompress(
    _ bytes: UnsafeRawBufferPointer, with codec: Compression
  ) throws(RecordBatchError) -> [UInt8] {
    guard var header = RecordBatchHeader(reading: bytes) else {
      throw RecordBatchError(
        .truncated(size: RecordBatchHeader.size, available: bytes.count), baseOffset: 0, nextOffset: 0)
    }
    let mask = RecordBatchAttributes.compressionMask
    guard let source = header.attributes.compression else {
      throw RecordBatchError(.unknownCompression(header.attributes.rawValue & mask), in: header)
    }
    do throws(CompressionError) {
      let payload = UnsafeRawBufferPointer(rebasing: bytes[RecordBatchHeader.size...])
      let records = try decompressor.decompress(payload, with: source)
      let compressed = try compressor.compress(records, with: codec)
      header.attributes.rawValue = header.attributes.rawValue & ~mask | UInt16(codec.rawValue)
      return header.batch(with: compressed)
    } catch {
      throw RecordBatchError(.compression(error), in: header)
    }
  }
}
