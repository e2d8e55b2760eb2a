/// The lines in a chunk of a file.
struct LineCut {
  /// The records, in order. Behind each is one line end, unless its mark says that it is a part.
  private(set) var extents: [RecordRun.Extent] = []
  /// The marks of the records that have one, in order.
  private(set) var marks: [(index: Int, mark: LineMark)] = []
  /// Bytes at the front that were sent before as an unterminated line, with the line end that makes them whole.
  private(set) var swallowed = 0
  /// Where the line begins that has no end in this chunk.
  private(set) var restStart = 0

  /// `bytes` begin at `position`; no record gets more than `limit` bytes.
  init(_ bytes: UnsafeRawBufferPointer, at position: FilePosition, limit: Int) {
    extents.reserveCapacity(bytes.count / 64)
    var mark: LineMark = position.isInsideLine ? .lastPart : []
    let sent = Int(clamping: position.unterminated)
    var start = 0
    var searchStart = min(sent, bytes.count)
    while let end = bytes.lineFeed(from: searchStart) {
      if start == 0 && sent > 0 && end == sent {
        swallowed = end + 1
      } else {
        if start == 0 && sent > 0 { mark.insert(.completed) }
        appendLine(start, end, limit, mark)
      }
      mark = []
      start = end + 1
      searchStart = start
    }
    if start == 0 && sent > 0 { mark.insert(.completed) }
    restStart = appendParts(start, bytes.count, limit, mark)
  }

  private mutating func appendLine(_ start: Int, _ end: Int, _ limit: Int, _ mark: LineMark) {
    let last = appendParts(start, end, limit, mark)
    append(last, end - last, last > start ? .lastPart : mark)
  }

  /// Cuts parts off the front while there is more than a record may hold; returns where the last piece begins.
  private mutating func appendParts(_ start: Int, _ end: Int, _ limit: Int, _ mark: LineMark) -> Int {
    var mark = mark
    var start = start
    while end - start > limit {
      append(start, limit, mark.subtracting(.lastPart).union(.part))
      mark = []
      start += limit
    }
    return start
  }

  private mutating func append(_ start: Int, _ count: Int, _ mark: LineMark) {
    if !mark.isEmpty { marks.append((extents.count, mark)) }
    extents.append(.init(start: start, count: count))
  }
}
