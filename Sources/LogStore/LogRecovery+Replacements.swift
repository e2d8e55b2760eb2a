import Base
import Records

extension LogRecovery {
  /// Marks a compacted segment, synced and whole, that is about to take the place of others.
  static var replacementSuffix: String { ".swap" }

  /// Finishes replacements that were under way: the segments that `<base>.log.swap` covers go, and it gets its name.
  /// Its indexes are made anew, being missing. True when there was something to do.
  mutating func finishReplacements(_ names: [String]) throws(FileError) -> Bool {
    let bases = names.compactMap { name -> Int64? in
      guard name.hasSuffix(Self.replacementSuffix),
        let found = SegmentName.parse(String(name.dropLast(Self.replacementSuffix.count))), found.kind == .log
      else { return nil }
      return found.baseOffset
    }
    for base in bases.sorted() {
      let path = "\(directory)/\(SegmentName.file(base, .log))"
      let end = try endOffset(ofReplacement: path + Self.replacementSuffix, baseOffset: base)
      for (other, kind) in names.compactMap(SegmentName.parse) where other == base || other > base && other < end {
        if other == base, kind == .log || kind == .producerSnapshot { continue }
        try cache.files.remove("\(directory)/\(SegmentName.file(other, kind))")
      }
      try cache.files.rename(path + Self.replacementSuffix, to: path)
    }
    return !bases.isEmpty
  }

  /// The offset after its last batch.
  private func endOffset(ofReplacement path: String, baseOffset: Int64) throws(FileError) -> Int64 {
    let log = try LogFile(path, .readWrite, files: cache.files)
    let size = try cache.files.status(log.handle).size
    var segment = Segment<Files>(baseOffset: baseOffset, directory: directory, size: 0, lastAppendTime: 0)
    _ = try segment.scan(
      log, to: size, verifies: false, allowsGaps: true, indexInterval: configuration.indexIntervalBytes
    ) { _ in }
    return segment.nextOffset
  }
}
