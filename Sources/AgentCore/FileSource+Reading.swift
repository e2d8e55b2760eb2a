import Base

extension FileSource {
  /// Reads and sends one chunk. The file has the size noted and begins as it did.
  mutating func read(
    _ file: inout TailedFile<Files.File>, _ handle: Files.File, _ now: Moment, _ sink: inout some RecordSink
  ) throws(FileError) -> Step {
    guard file.size > file.position.sentEnd else {
      openEnded.remove(file.id)
      return .atEnd
    }
    defer { buffer.resize(to: Self.chunkSize) }
    // A long line that grows bit by bit is not read from its beginning each time.
    if file.searched >= Int64(Self.chunkSize / 2) {
      guard let needed = try searchOn(&file, handle) else {
        return file.position.offset + file.searched < file.size ? .more : try readOpenEnd(&file, handle, now, &sink)
      }
      buffer.resize(to: max(Self.chunkSize, needed))
    }
    let base = file.position.offset
    let count = try files.read(handle, at: base, into: buffer.bytes)
    let bytes = UnsafeRawBufferPointer(rebasing: buffer.bytes[..<count])
    let cut = LineCut(bytes, at: file.position, limit: settings.lineLimit)
    guard send(cut, of: bytes, &file, now, &sink) else {
      file.searched = 0
      return .full
    }
    file.searched = Int64(count - cut.restStart)
    if base + Int64(count) < file.size && count > 0 { return .more }
    return try readOpenEnd(&file, handle, now, &sink)
  }

  /// Looks for the end of a long line behind what was searched before. Returns how many bytes to read from the line's
  /// beginning to have it, or a part of it; nil when there is no end yet.
  private func searchOn(_ file: inout TailedFile<Files.File>, _ handle: Files.File) throws(FileError) -> Int? {
    let limit = settings.lineLimit
    let count = try files.read(handle, at: file.position.offset + file.searched, into: buffer.bytes)
    let bytes = UnsafeRawBufferPointer(rebasing: buffer.bytes[..<count])
    if let end = bytes.lineFeed(from: 0) { return min(Int(file.searched) + end, limit) + 1 }
    file.searched += Int64(count)
    return file.searched > Int64(limit) ? limit + 1 : nil
  }

  /// Sends what was cut; false when the sink became full before its end.
  private mutating func send(
    _ cut: LineCut, of bytes: UnsafeRawBufferPointer, _ file: inout TailedFile<Files.File>, _ now: Moment,
    _ sink: inout some RecordSink
  ) -> Bool {
    let base = file.position.offset
    if cut.swallowed > 0 {
      file.position = FilePosition(offset: base + Int64(cut.swallowed))
      file.delivery.append(count: 0, end: file.position)
    }
    var index = 0
    var marks = cut.marks[...]
    while index < cut.extents.count {
      var end = marks.first?.index ?? cut.extents.count
      var mark: LineMark = []
      if end == index, let marked = marks.popFirst() {
        end = index + 1
        mark = marked.mark
      }
      let run = RecordRun(
        bytes: bytes, extents: cut.extents[index..<end], route: file.route, timestamp: now.wall, mark: mark,
        token: token(file))
      let taken = sink.send(run)
      if taken > 0 {
        let last = cut.extents[index + taken - 1]
        let isPart = mark.contains(.part)
        if isPart && !file.position.isInsideLine {
          events.append(.longLine(path: file.path, offset: file.position.offset))
        }
        file.position = FilePosition(
          offset: base + Int64(last.start + last.count + (isPart ? 0 : 1)), isInsideLine: isPart)
        file.delivery.append(count: taken, end: file.position)
      }
      guard taken == end - index else { return false }
      index = end
    }
    return true
  }

  private func token(_ file: TailedFile<Files.File>) -> DeliveryToken {
    DeliveryToken(source: number, stream: file.id, span: file.delivery.nextSpan)
  }

  /// The file ends in a line without an end: sends it if it has waited long enough.
  private mutating func readOpenEnd(
    _ file: inout TailedFile<Files.File>, _ handle: Files.File, _ now: Moment, _ sink: inout some RecordSink
  ) throws(FileError) -> Step {
    let rest = Int(clamping: file.searched)
    guard file.searched > file.position.unterminated else {
      openEnded.remove(file.id)
      return .atEnd
    }
    openEnded.insert(file.id)
    guard hasWaited(file, now) else { return .atEnd }
    buffer.resize(to: max(Self.chunkSize, rest))
    let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<rest])
    let count = try files.read(handle, at: file.position.offset, into: wanted)
    // It became shorter just now; the next look sees it.
    guard count == rest else { return .more }
    let mark: LineMark = file.position.isInsideLine ? [.unterminated, .lastPart] : .unterminated
    let run = RecordRun(
      bytes: UnsafeRawBufferPointer(wanted), extents: [.init(start: 0, count: rest)], route: file.route,
      timestamp: now.wall, mark: mark, token: token(file))
    guard sink.send(run) == 1 else { return .full }
    file.position.unterminated = file.searched
    file.delivery.append(count: 1, end: file.position)
    openEnded.remove(file.id)
    return .atEnd
  }
}
