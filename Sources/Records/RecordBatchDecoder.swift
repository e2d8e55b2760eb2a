/// Opens batches for reading. Keeps the memory it decompresses into: one per thread, used from one thread at a time.
public final class RecordBatchDecoder {
  private let decompressor: Decompressor
  private let verifiesChecksum: Bool

  /// - Parameters:
  ///   - limit: the most bytes that the records of a batch may have when decompressed.
  ///   - verifiesChecksum: false where the CRC was just checked by somebody else.
  public init(limit: Int = Decompressor.defaultLimit, verifiesChecksum: Bool = true) {
    decompressor = Decompressor(limit: limit)
    self.verifiesChecksum = verifiesChecksum
  }

  /// The records of a batch. They lie in the batch itself or, when it is compressed, in this decoder, until it opens
  /// the next. Throws for a wrong CRC, an unknown codec, and what cannot be decompressed; the iterator throws for what
  /// is wrong with the records.
  public func records(of batch: RecordBatchSlice) throws(RecordBatchError) -> RecordIterator {
    let header = batch.header
    if verifiesChecksum {
      let checksum = RecordBatchHeader.computeChecksum(batch.bytes)
      guard checksum == header.crc else {
        throw RecordBatchError(.checksumMismatch(stated: header.crc, computed: checksum), in: header)
      }
    }
    guard let codec = header.attributes.compression else {
      throw RecordBatchError(
        .unknownCompression(header.attributes.rawValue & RecordBatchAttributes.compressionMask), in: header)
    }
    // A compacted batch may have lost all of its records.
    guard header.recordCount >= 0 else {
      throw RecordBatchError(.invalidRecordCount(header.recordCount), in: header)
    }
    guard header.lastOffsetDelta >= 0,
      !header.baseOffset.addingReportingOverflow(Int64(header.lastOffsetDelta)).overflow
    else {
      throw RecordBatchError(
        .invalidLastOffsetDelta(header.lastOffsetDelta, recordCount: header.recordCount), in: header)
    }
    do throws(CompressionError) {
      return RecordIterator(header, records: try decompressor.decompress(batch.payload, with: codec))
    } catch {
      throw RecordBatchError(.compression(error), in: header)
    }
  }
}
