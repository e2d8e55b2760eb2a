import Base
import Records

/// Writes `<base offset>.log.cleaned`, which takes the place of one or more segments.
struct CompactionWriter<Files: FileSystem> {
  static var suffix: String { ".cleaned" }
  private static var chunkSize: Int { 1 << 20 }

  private let file: LogFile<Files>
  private let indexInterval: Int
  private var segment: Segment<Files>
  private var pending: [UInt8] = []
  private var written: Int64 = 0

  init(
    baseOffset: Int64, directory: String, cache: LogFileCache<Files>, indexInterval: Int
  ) throws(CompactionError) {
    segment = Segment(baseOffset: baseOffset, directory: directory, size: 0, lastAppendTime: 0)
    self.indexInterval = indexInterval
    do throws(FileError) {
      file = try LogFile(segment.path(.log) + Self.suffix, .replace, files: cache.files)
    } catch {
      throw .log(.file(error))
    }
  }

  /// A whole batch, behind those before.
  mutating func append(_ batch: UnsafeRawBufferPointer) throws(CompactionError) {
    guard let header = RecordBatchHeader(reading: batch) else { return }
    segment.note(header, indexInterval: indexInterval)
    pending += batch
    if pending.count >= Self.chunkSize { try flush() }
  }

  private mutating func flush() throws(CompactionError) {
    do throws(FileError) {
      try file.files.writeWhole(pending, to: file.handle, at: written)
    } catch {
      throw .log(.file(error))
    }
    written += Int64(pending.count)
    pending.removeAll(keepingCapacity: true)
  }

  /// Syncs the file. The segment that is returned has its index entries, but no index files yet.
  mutating func finish(replacing group: [Segment<Files>]) throws(CompactionError) -> Segment<Files> {
    try flush()
    do throws(FileError) {
      try file.files.sync(file.handle)
    } catch {
      throw .log(.file(error))
    }
    segment.addTimeIndexEntry()
    segment.forgetRecents()
    segment.nextOffset = group.last?.nextOffset ?? segment.nextOffset
    segment.firstAppendTime = group.first?.firstAppendTime
    segment.lastAppendTime = group.map(\.lastAppendTime).max() ?? 0
    return segment
  }
}
