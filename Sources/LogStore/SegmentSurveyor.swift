import Base
import Records

/// Makes a `SegmentSurvey`. Reads the whole file, and waits for the disk.
struct SegmentSurveyor<Files: FileSystem>: ~Copyable {
  private static var bufferSize: Int { 256 << 10 }
  /// Corrections of leader epochs kept while nobody knows yet whether the checkpoint is right.
  private static var correctionLimit: Int { 100_000 }

  private enum Judgement {
    case sound(RecordBatchHeader)
    /// Sound but for its base offset, which must be this one.
    case misnumbered(RecordBatchHeader, Int64)
    case damaged(String)
  }

  private let log: LogFile<Files>
  private let size: Int64
  private let baseOffset: Int64
  /// The base offset of the next segment; nil where there is none.
  private let limit: Int64?
  private let allowsGaps: Bool
  /// Offsets behind parts that were moved away earlier.
  private let knownGapEnds: Set<Int64>
  private let epoch: (Int64) -> Int32?
  private let buffer: UnsafeMutableRawBufferPointer
  private var reader: BatchReader<Files>
  private var survey: SegmentSurvey
  private var mismatches: [SegmentSurvey.Correction] = []
  private var mismatchCount = 0

  init(
    _ log: LogFile<Files>, size: Int64, baseOffset: Int64, limit: Int64?, allowsGaps: Bool, knownGapEnds: Set<Int64>,
    epoch: @escaping (Int64) -> Int32?
  ) {
    self.log = log
    self.size = size
    self.baseOffset = baseOffset
    self.limit = limit
    self.allowsGaps = allowsGaps
    self.knownGapEnds = knownGapEnds
    self.epoch = epoch
    buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
    reader = BatchReader(log, end: size, waits: true, buffer: buffer)
    survey = SegmentSurvey(nextOffset: baseOffset)
  }

  deinit {
    buffer.deallocate()
  }

  mutating func run() throws(FileError) -> SegmentSurvey {
    var position: Int64 = 0
    while position < size {
      switch try judge(position) {
      case .sound(let header):
        keep(header, at: position)
        position += Int64(header.size)
      case .misnumbered(var header, let offset):
        survey.corrections.append(.init(position: position, baseOffset: offset))
        header.baseOffset = offset
        keep(header, at: position)
        position += Int64(header.size)
      case .damaged(let reason):
        let next = try nextSound(after: position)
        let end = next?.position ?? size
        survey.damages.append(
          .init(bytes: position..<end, offsets: lost(until: next?.header.baseOffset ?? limit), reason: reason))
        position = end
        // What was lost is told; what follows is numbered from here on.
        survey.nextOffset = next?.header.baseOffset ?? survey.nextOffset
      }
    }
    if let limit, survey.nextOffset < limit, !allowsGaps, !knownGapEnds.contains(limit),
      survey.damages.last.map({ $0.bytes.upperBound < size }) ?? true
    {
      survey.damages.append(
        .init(
          bytes: size..<size, offsets: survey.nextOffset..<limit,
          reason: "it ends with offset \(survey.nextOffset), the next segment begins with \(limit)"))
    }
    settleEpochs()
    return survey
  }

  private func lost(until end: Int64?) -> Range<Int64> {
    survey.nextOffset..<max(end ?? survey.nextOffset, survey.nextOffset)
  }

  private mutating func keep(_ header: RecordBatchHeader, at position: Int64) {
    survey.batchCount += 1
    survey.nextOffset = header.nextOffset
    let end = position + Int64(header.size)
    if let last = survey.sound.last, last.upperBound == position {
      survey.sound[survey.sound.count - 1] = last.lowerBound..<end
    } else {
      survey.sound.append(position..<end)
    }
    guard let expected = epoch(header.baseOffset), expected != header.partitionLeaderEpoch else { return }
    mismatchCount += 1
    if mismatches.count < Self.correctionLimit {
      mismatches.append(.init(position: position, leaderEpoch: expected))
    }
  }

  private mutating func settleEpochs() {
    guard mismatchCount > 0 else { return }
    if mismatchCount > Self.correctionLimit || mismatchCount * 2 > survey.batchCount {
      survey.epochsDisagree = true
    } else {
      survey.corrections = (survey.corrections + mismatches).sorted { $0.position < $1.position }
    }
  }

  /// Judges what lies at `position`, where `survey.nextOffset` is expected.
  private mutating func judge(_ position: Int64) throws(FileError) -> Judgement {
    let expected = survey.nextOffset
    guard case .batch(let header) = try reader.step(at: position, minimumOffset: .min) else {
      if case .damaged(let reason) = try reader.step(at: position, minimumOffset: .min) { return .damaged(reason) }
      return .damaged("the file ends before byte \(size)")
    }
    guard try reader.hasValidChecksum(header, at: position) else {
      return .damaged("the CRC of the batch with offset \(header.baseOffset) does not fit")
    }
    let wanted = expected + Int64(header.lastOffsetDelta)
    guard wanted - baseOffset <= Int64(Int32.max), wanted < limit ?? .max else {
      return .damaged("offsets \(header.baseOffset) to \(header.lastOffset) do not fit into the segment")
    }
    if header.baseOffset == expected { return .sound(header) }
    let following = try offsetFollowing(position + Int64(header.size))
    if following == wanted + 1 { return .misnumbered(header, expected) }
    let fits =
      header.baseOffset > expected && header.lastOffset < limit ?? .max
      && header.lastOffset - baseOffset <= Int64(Int32.max)
    if fits, allowsGaps || following == header.nextOffset || knownGapEnds.contains(header.baseOffset) {
      return .sound(header)
    }
    return .damaged("base offset \(header.baseOffset) where \(expected) is expected")
  }

  /// The base offset of the batch at `position`, or of the next segment; nil where nobody knows.
  private mutating func offsetFollowing(_ position: Int64) throws(FileError) -> Int64? {
    if position >= size { return limit }
    guard case .batch(let header) = try reader.step(at: position, minimumOffset: .min) else { return nil }
    return header.baseOffset
  }

  /// The first sound batch behind the damage at `position`.
  mutating func nextSound(after position: Int64) throws(FileError) -> (position: Int64, header: RecordBatchHeader)? {
    if case .batch(let header) = try reader.step(at: position, minimumOffset: .min) {
      let next = position + Int64(header.size)
      if let found = try soundBatch(at: next) { return (next, found) }
    }
    var place = position + 1
    while place + Int64(RecordBatchHeader.size) <= size {
      guard let candidate = try nextCandidate(from: place) else { return nil }
      if let found = try soundBatch(at: candidate) { return (candidate, found) }
      place = candidate + 1
    }
    return nil
  }

  private mutating func soundBatch(at position: Int64) throws(FileError) -> RecordBatchHeader? {
    guard position < size,
      case .batch(let header) = try reader.step(at: position, minimumOffset: survey.nextOffset),
      header.lastOffset < limit ?? .max, header.lastOffset - baseOffset <= Int64(Int32.max),
      try reader.hasValidChecksum(header, at: position)
    else { return nil }
    return header
  }

  /// Where the next bytes lie that could be a batch's header, from `place` on.
  private mutating func nextCandidate(from place: Int64) throws(FileError) -> Int64? {
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 8)
    defer { chunk.deallocate() }
    let lowest = survey.nextOffset
    let highest = min(limit ?? .max, baseOffset + Int64(Int32.max) + 1)
    var start = place
    while start + Int64(RecordBatchHeader.size) <= size {
      let count = try log.files.read(log.handle, at: start, into: chunk)
      guard count >= RecordBatchHeader.size else { return nil }
      for index in 0...(count - RecordBatchHeader.size) where chunk[index + 16] == 2 {
        let offset = Int64(bigEndian: chunk.loadUnaligned(fromByteOffset: index, as: Int64.self))
        if offset >= lowest, offset < highest { return start + Int64(index) }
      }
      start += Int64(count - RecordBatchHeader.size + 1)
    }
    return nil
  }
}
