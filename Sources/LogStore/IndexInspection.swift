import Base
import Records

/// An index file held against its segment, entry by entry.
package struct IndexInspection: Sendable {
  /// An entry of an offset index names a batch's last offset and where it lies; one of a time index the largest
  /// timestamp so far, and the last offset of the batch that has it.
  package enum Entry: Sendable, Hashable {
    case offset(Int64, position: Int64)
    case time(Int64, offset: Int64)
  }

  package private(set) var entries: [Entry] = []
  /// What is wrong with it; nil: nothing.
  package private(set) var flaw: String?

  /// Both indexes of the segment `<base offset>.log`; nil for one that does not exist. Blocks while it reads the headers
  /// of the segment.
  package static func read<Files: FileSystem>(
    ofSegment baseOffset: Int64, in directory: String, files: Files
  ) throws(FileError) -> (offsets: IndexInspection?, times: IndexInspection?) {
    func path(_ kind: SegmentName.Kind) -> String { "\(directory)/\(SegmentName.file(baseOffset, kind))" }
    var offsets = try entries(path(.offsetIndex), files) { (entry: OffsetIndexEntry) in
      .offset(baseOffset &+ Int64(entry.relativeOffset), position: Int64(entry.position))
    }
    var times = try entries(path(.timeIndex), files) { (entry: TimeIndexEntry) in
      .time(entry.timestamp, offset: baseOffset &+ Int64(entry.relativeOffset))
    }
    guard try files.status(path: path(.log)) != nil else {
      offsets?.flaw = "there is no segment for it"
      times?.flaw = "there is no segment for it"
      return (offsets, times)
    }
    let log = try LogFile(path(.log), .read, files: files)
    var next = (offset: 0, time: 0)
    var segment = Segment<Files>(baseOffset: baseOffset, directory: directory, size: 0, lastAppendTime: 0)
    var position: Int64 = 0
    _ = try segment.scan(
      log, to: files.status(log.handle).size, verifies: false, allowsGaps: true, indexInterval: .max
    ) { header in
      offsets?.hold(against: header, at: position, &next.offset)
      times?.hold(against: header, at: position, &next.time)
      position += Int64(header.size)
    }
    offsets?.finish(next.offset)
    times?.finish(next.time)
    return (offsets, times)
  }

  private static func entries<Files: FileSystem, Raw: IndexEntry>(
    _ path: String, _ files: Files, _ make: (Raw) -> Entry
  ) throws(FileError) -> IndexInspection? {
    guard let content = try files.readWhole(path, limit: 1 << 30) else { return nil }
    var inspection = IndexInspection()
    if content.count % Raw.size != 0 { inspection.flaw = "its last entry is cut off" }
    content.withUnsafeBytes { bytes in
      for number in 0..<(content.count / Raw.size) {
        let range = number * Raw.size..<(number + 1) * Raw.size
        // Kafka fills an index that it still appends to with zeros.
        if number > 0, bytes[range].allSatisfy({ $0 == 0 }) { break }
        inspection.entries.append(make(Raw(reading: bytes, at: range.lowerBound)))
      }
    }
    return inspection
  }

  /// Looks at the entries that this batch decides on; `next` is the number of the first that is open.
  private mutating func hold(against header: RecordBatchHeader, at position: Int64, _ next: inout Int) {
    while flaw == nil, next < entries.count {
      switch entries[next] {
      case .offset(let offset, let place):
        if place > position { return }
        if place < position || offset != header.lastOffset {
          flaw = "entry \(next) names offset \(offset) at byte \(place), where no batch ends with it"
        }
      case .time(let timestamp, let offset):
        if offset > header.lastOffset { return }
        if offset < header.lastOffset || timestamp != header.maxTimestamp {
          flaw = "entry \(next) names timestamp \(timestamp) at offset \(offset), where no batch has it"
        }
      }
      next += 1
    }
  }

  private mutating func finish(_ next: Int) {
    if flaw == nil, next < entries.count { flaw = "entry \(next) points behind the segment's last batch" }
  }
}
