import Base
import Records

extension Segment {
  /// Bytes verified at once, unless one batch has more.
  private static var verificationSize: Int { 1 << 20 }

  /// How many of the `size` bytes from `first` on may be served; nil when the disk is needed to tell. Throws `corrupt`
  /// when the first batch is not what was written.
  @usableFromInline
  func trustedSize(
    _ size: Int, from first: BatchPlace, in log: LogFile<Files>, _ trust: SegmentTrust, waits: Bool
  ) throws(LogError) -> Int? {
    let known = trust.verifiedEnd(from: first.position) &- first.position
    if known >= Int64(size) { return size }
    if known > 0 { return Int(known) }
    guard waits else { return nil }
    let wanted = max(first.size, min(size, Self.verificationSize))
    let end = try verify(from: first, upTo: first.position + Int64(wanted), in: log, trust)
    trust.add(first.position..<end)
    return min(size, Int(end - first.position))
  }

  /// Verifies the batches that lie wholly before `stop`, up to the first that is damaged; returns where they end.
  private func verify(
    from first: BatchPlace, upTo stop: Int64, in log: LogFile<Files>, _ trust: SegmentTrust
  ) throws(LogError) -> Int64 {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.scanBufferSize, alignment: 16)
    defer { buffer.deallocate() }
    var reader = BatchReader(log, end: size, waits: true, buffer: buffer)
    var position = first.position
    var expected = first.baseOffset
    while position < stop {
      let flaw: String
      do throws(FileError) {
        switch try reader.step(at: position, minimumOffset: expected) {
        case .batch(let header):
          if position > first.position, position + Int64(header.size) > stop { return position }
          if let found = try verificationFlaw(header, at: position, expected: expected, &reader, trust) {
            flaw = found
          } else {
            position += Int64(header.size)
            expected = header.nextOffset
            continue
          }
        case .damaged(let reason): flaw = reason
        case .end, .needsDisk: return position
        }
      } catch {
        throw .file(error)
      }
      // What comes before it is sound; who reads on meets it.
      if position > first.position { return position }
      throw .corrupt(log.path, position: position, reason: flaw)
    }
    return position
  }

  private func verificationFlaw(
    _ header: RecordBatchHeader, at position: Int64, expected: Int64, _ reader: inout BatchReader<Files>,
    _ trust: SegmentTrust
  ) throws(FileError) -> String? {
    if header.lastOffset >= nextOffset {
      return "offset \(header.lastOffset) where the segment ends before \(nextOffset)"
    }
    if header.baseOffset != expected, !trust.allowsGaps {
      return "base offset \(header.baseOffset) where \(expected) is expected"
    }
    if let epoch = trust.epoch(at: header.baseOffset), epoch != header.partitionLeaderEpoch {
      return "leader epoch \(header.partitionLeaderEpoch) where \(epoch) is expected"
    }
    if try !reader.hasValidChecksum(header, at: position) {
      return "the CRC of the batch with offset \(header.baseOffset) does not fit"
    }
    return nil
  }
}
