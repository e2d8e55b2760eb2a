import Base
import Records

/// Makes a damaged segment whole: what is sound stays, at its offsets; what is not is moved to a file beside it
/// (`QuarantineName`); header fields outside of the CRC that only one value fits are restored. Taken under the
/// partition's lock, run without it, handed back to `PartitionLog.adopt` under it. Readers see the old segment until
/// then.
public struct SegmentMending<Files: FileSystem>: Sendable {
  /// Of the segment it writes; not that of compaction, which may be under way meanwhile.
  static var suffix: String { ".mended" }
  private static var chunkSize: Int { 1 << 20 }

  let segment: Segment<Files>
  /// The base offset of the next segment; nil where there is none.
  let limit: Int64?
  let allowsGaps: Bool
  let indexInterval: Int
  let epochs: LeaderEpochs
  let cache: LogFileCache<Files>
  let truncations: UInt64

  /// Blocks for as long as it takes to read the segment, and where it is damaged to write it.
  public func run() throws(LogError) -> SegmentMendingResult<Files> {
    do throws(FileError) {
      let log = try cache.file(segment.path(.log))
      let survey = try survey(log)
      var result = SegmentMendingResult<Files>(
        truncations: truncations, baseOffset: segment.baseOffset, size: segment.size,
        epochsDisagree: survey.epochsDisagree)
      for damage in survey.damages { result.notes.append(try quarantine(damage, of: log)) }
      for correction in survey.corrections { result.notes.append("\(log.path): \(correction.description)") }
      if survey.damages.contains(where: { !$0.bytes.isEmpty }) {
        result.replacement = try rewrite(survey, log)
      } else {
        try Self.write(survey.corrections, to: log, movedBy: { $0 })
        segment.trust?.addAll()
      }
      return result
    } catch {
      throw .file(error)
    }
  }

  private func survey(_ log: LogFile<Files>) throws(FileError) -> SegmentSurvey {
    let gaps = try cache.files.list(segment.directory).compactMap { QuarantineName.parse($0)?.upperBound }
    var surveyor = SegmentSurveyor(
      log, size: segment.size, baseOffset: segment.baseOffset, limit: limit, allowsGaps: allowsGaps,
      knownGapEnds: Set(gaps), epoch: { [epochs] in epochs.epoch(at: $0) })
    return try surveyor.run()
  }

  /// Copies the damaged bytes out; says what it did.
  private func quarantine(_ damage: SegmentSurvey.Damage, of log: LogFile<Files>) throws(FileError) -> String {
    let offsets =
      damage.offsets.isEmpty
      ? "" : ", offsets \(damage.offsets.lowerBound) to \(damage.offsets.upperBound - 1)"
    // The name alone tells a later start that these offsets are missing.
    let path = "\(segment.directory)/\(QuarantineName.file(damage.offsets))"
    let target = try LogFile(path, .replace, files: cache.files)
    try copy(damage.bytes, of: log, to: target, at: 0)
    try cache.files.sync(target.handle)
    if damage.bytes.isEmpty { return "\(log.path)\(offsets): \(damage.reason); these records are lost" }
    return
      "\(log.path): bytes \(damage.bytes.lowerBound) to \(damage.bytes.upperBound - 1)\(offsets): \(damage.reason); "
      + "moved to \(path)"
  }

  private func rewrite(_ survey: SegmentSurvey, _ log: LogFile<Files>) throws(FileError) -> Segment<Files> {
    let path = segment.path(.log) + Self.suffix
    let target = try LogFile(path, .replace, files: cache.files)
    var written: Int64 = 0
    var moves: [(from: Range<Int64>, by: Int64)] = []
    for range in survey.sound {
      try copy(range, of: log, to: target, at: written)
      moves.append((range, written - range.lowerBound))
      written += range.upperBound - range.lowerBound
    }
    try Self.write(survey.corrections, to: target) { position in
      moves.first { $0.from.contains(position) }.map { position + $0.by } ?? position
    }
    try cache.files.sync(target.handle)
    var mended = Segment<Files>(
      baseOffset: segment.baseOffset, directory: segment.directory, size: 0, lastAppendTime: segment.lastAppendTime)
    let scan = try mended.scan(target, to: written, verifies: true, allowsGaps: true, indexInterval: indexInterval) {
      _ in
    }
    if let damage = scan.damage {
      throw FileError(operation: "mend", path: path, code: 5, reason: "byte \(scan.end) of the copy: \(damage)")
    }
    mended.addTimeIndexEntry()
    mended.forgetRecents()
    mended.nextOffset = limit ?? mended.nextOffset
    mended.firstAppendTime = segment.firstAppendTime
    return mended
  }

  private func copy(
    _ range: Range<Int64>, of log: LogFile<Files>, to target: LogFile<Files>, at place: Int64
  ) throws(FileError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Int(min(Int64(Self.chunkSize), max(range.upperBound - range.lowerBound, 1))), alignment: 16)
    defer { buffer.deallocate() }
    var position = range.lowerBound
    while position < range.upperBound {
      let room = UnsafeMutableRawBufferPointer(
        rebasing: buffer.prefix(Int(min(Int64(buffer.count), range.upperBound - position))))
      let count = try log.files.read(log.handle, at: position, into: room)
      guard count > 0 else { return }
      try cache.files.write(
        target.handle, at: place + position - range.lowerBound,
        UnsafeRawBufferPointer(rebasing: room.prefix(count)), UnsafeRawBufferPointer(start: nil, count: 0))
      position += Int64(count)
    }
  }

  private static func write(
    _ corrections: [SegmentSurvey.Correction], to log: LogFile<Files>, movedBy move: (Int64) -> Int64
  ) throws(FileError) {
    for correction in corrections {
      let position = move(correction.position)
      if let offset = correction.baseOffset {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: offset)
        try log.files.writeWhole(bytes, to: log.handle, at: position)
      }
      if let epoch = correction.leaderEpoch {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: epoch)
        try log.files.writeWhole(bytes, to: log.handle, at: position + 12)
      }
    }
    if !corrections.isEmpty { try log.files.sync(log.handle) }
  }
}
