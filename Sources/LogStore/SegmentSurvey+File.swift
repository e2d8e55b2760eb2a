import Base

extension SegmentSurvey {
  /// Judges the segment file `<base offset>.log` in `directory`. Blocks while it reads all of it.
  ///
  /// - Parameters:
  ///   - limit: the base offset of the next segment; nil where there is none.
  ///   - allowsGaps: the log is compacted.
  ///   - epochs: of the leader-epoch checkpoint; nil where there is none to hold the batches against.
  package init<Files: FileSystem>(
    ofSegment baseOffset: Int64, in directory: String, limit: Int64?, allowsGaps: Bool, epochs: LeaderEpochs?,
    files: Files
  ) throws(FileError) {
    let log = try LogFile("\(directory)/\(SegmentName.file(baseOffset, .log))", .read, files: files)
    let size = try files.status(log.handle).size
    let gaps = try files.list(directory).compactMap { QuarantineName.parse($0)?.upperBound }
    var surveyor = SegmentSurveyor(
      log, size: size, baseOffset: baseOffset, limit: limit, allowsGaps: allowsGaps, knownGapEnds: Set(gaps),
      epoch: { epochs?.epoch(at: $0) })
    self = try surveyor.run()
  }
}
