import Base

/// What a search in an index found.
@usableFromInline
enum IndexFloor<Entry: IndexEntry>: Sendable {
  /// The entry and its number, counted from 0.
  case entry(Entry, Int)
  /// Every entry is above.
  case none
  case needsDisk
  /// The file has fewer entries than it should.
  case damaged
}

extension SparseIndex {
  /// The last entry that is not above what is sought, as `isNotAbove` says; it holds for a first part of the entries.
  /// `file` has the stored entries; nil is the same as a file that was lost.
  @inlinable
  func floor(
    in file: LogFile<some FileSystem>?, waits: Bool, _ isNotAbove: (Entry) -> Bool
  ) throws(FileError) -> IndexFloor<Entry> {
    if let first = pending.first, isNotAbove(first) {
      let index = pendingFloor(isNotAbove)
      return .entry(pending[index], storedCount &+ index)
    }
    if storedCount == 0 { return .none }
    guard let file else { return .damaged }
    return try withUnsafeTemporaryAllocation(byteCount: Self.blockSize &* Entry.size, alignment: 8) {
      (buffer) throws(FileError) in
      try Self.storedFloor(file, count: storedCount, waits: waits, buffer: buffer, isNotAbove)
    }
  }

  /// So many entries are read at once when the search has come that near.
  @usableFromInline static var blockSize: Int { 256 }

  @inlinable
  func pendingFloor(_ isNotAbove: (Entry) -> Bool) -> Int {
    var low = 0
    var high = pending.count
    while high &- low > 1 {
      let middle = (low &+ high) / 2
      if isNotAbove(pending[middle]) { low = middle } else { high = middle }
    }
    return low
  }

  @inlinable
  static func storedFloor(
    _ file: LogFile<some FileSystem>, count: Int, waits: Bool, buffer: UnsafeMutableRawBufferPointer,
    _ isNotAbove: (Entry) -> Bool
  ) throws(FileError) -> IndexFloor<Entry> {
    var low = 0
    var high = count
    while high &- low > blockSize {
      let middle = (low &+ high) / 2
      guard let read = try read(file, middle..<(middle &+ 1), waits: waits, buffer) else { return .needsDisk }
      guard read == 1 else { return .damaged }
      if isNotAbove(Entry(reading: UnsafeRawBufferPointer(buffer), at: 0)) { low = middle } else { high = middle }
    }
    guard let read = try read(file, low..<high, waits: waits, buffer) else { return .needsDisk }
    guard read == high &- low else { return .damaged }
    var found: (entry: Entry, number: Int)?
    for index in 0..<read {
      let entry = Entry(reading: UnsafeRawBufferPointer(buffer), at: index &* Entry.size)
      if !isNotAbove(entry) { break }
      found = (entry, low &+ index)
    }
    if let found { return .entry(found.entry, found.number) }
    return .none
  }

  /// Reads entries to the front of `buffer`; the number read, nil when that would wait.
  @inlinable
  static func read(
    _ file: LogFile<some FileSystem>, _ range: Range<Int>, waits: Bool, _ buffer: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int? {
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(range.count &* Entry.size))
    let offset = Int64(range.lowerBound) &* Int64(Entry.size)
    if waits { return try file.files.read(file.handle, at: offset, into: room) / Entry.size }
    guard let count = try file.files.readCached(file.handle, at: offset, into: room) else { return nil }
    // Less than asked for: the rest is on disk, or the file is short, which a reader that waits will find.
    return count < room.count ? nil : range.count
  }
}
