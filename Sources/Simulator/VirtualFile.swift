import Base

/// A file of a `VirtualFileSystem`: what a reader sees, and what is surely on the disk.
struct VirtualFile: Sendable {
  /// What the disk and the page cache deal in.
  static let pageSize = 4096
  /// What the disk writes whole.
  static let sectorSize = 512

  private(set) var content: [UInt8] = []
  private var durable: [UInt8] = []
  /// Numbers of the pages that were written since they were synced.
  private var dirty: Set<Int> = []
  /// Milliseconds since 1970-01-01 UTC.
  var modified: Int64 = 0

  mutating func write(_ bytes: some Collection<UInt8>, at offset: Int) {
    if offset > content.count { resize(to: offset) }
    let overlap = min(bytes.count, content.count - offset)
    if overlap > 0 { content.replaceSubrange(offset..<(offset + overlap), with: bytes.prefix(overlap)) }
    content.append(contentsOf: bytes.dropFirst(overlap))
    touch(offset..<(offset + bytes.count))
  }

  mutating func resize(to size: Int) {
    let old = content.count
    if size < old {
      content.removeLast(old - size)
    } else {
      content.append(contentsOf: repeatElement(0, count: size - old))
    }
    touch(min(size, old)..<max(size, old))
  }

  private mutating func touch(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    dirty.formUnion((range.lowerBound / Self.pageSize)...((range.upperBound - 1) / Self.pageSize))
  }

  mutating func sync() {
    if durable.count > content.count { durable.removeLast(durable.count - content.count) }
    if durable.count < content.count {
      durable.append(contentsOf: repeatElement(0, count: content.count - durable.count))
    }
    for page in dirty {
      let start = page * Self.pageSize
      let end = min(start + Self.pageSize, content.count)
      if start < end { durable.replaceSubrange(start..<end, with: content[start..<end]) }
    }
    dirty = []
  }

  /// Puts `bytes` there as if they had always been.
  mutating func replace(with bytes: [UInt8]) {
    content = bytes
    durable = bytes
    dirty = []
  }

  /// What is left when the power goes: of each page that was not synced the old state, the new one or, in sectors, a
  /// mixture; of the size the old one, the new one or one between.
  mutating func losePower(_ random: inout SeededRandom) {
    guard !dirty.isEmpty || content.count != durable.count else { return }
    let size: Int
    switch Int.random(in: 0..<4, using: &random) {
    case 0: size = durable.count
    case 1: size = .random(in: min(durable.count, content.count)...max(durable.count, content.count), using: &random)
    default: size = content.count
    }
    let fate = Int.random(in: 0..<4, using: &random)
    var survivor = durable
    if survivor.count > size { survivor.removeLast(survivor.count - size) }
    if survivor.count < size { survivor.append(contentsOf: repeatElement(0, count: size - survivor.count)) }
    for page in dirty.sorted() {
      for sector in 0..<(Self.pageSize / Self.sectorSize) {
        let start = page * Self.pageSize + sector * Self.sectorSize
        let end = min(start + Self.sectorSize, size, content.count)
        let isWritten = fate == 0 ? false : fate == 1 ? true : Bool.random(using: &random)
        if isWritten, start < end { survivor.replaceSubrange(start..<end, with: content[start..<end]) }
      }
    }
    replace(with: survivor)
  }
}
