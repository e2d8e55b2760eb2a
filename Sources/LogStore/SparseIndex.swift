/// An index of the segment being appended to: most entries lie in the file, the newest few here until there are enough
/// of them for a write to be worth it. What a crash loses of it is made anew from the log.
@usableFromInline
struct SparseIndex<Entry: IndexEntry>: Sendable {
  /// So many entries stand for half a megabyte of log at the default interval.
  @usableFromInline static var pendingLimit: Int { 128 }

  /// Entries in the file.
  @usableFromInline var storedCount: Int
  @usableFromInline var pending: [Entry] = []
  @usableFromInline var last: Entry?

  @inlinable
  init(storedCount: Int, last: Entry?) {
    self.storedCount = storedCount
    self.last = last
  }

  @inlinable var count: Int { storedCount &+ pending.count }
  /// As the file will have.
  @inlinable var byteCount: Int { count &* Entry.size }
  @inlinable var needsWrite: Bool { pending.count >= Self.pendingLimit }

  @inlinable
  mutating func append(_ entry: Entry) {
    if let last, !entry.follows(last) { return }
    pending.append(entry)
    last = entry
  }

  func encodedPending() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(pending.count * Entry.size)
    for entry in pending { entry.encode(to: &bytes) }
    return bytes
  }

  mutating func didWritePending() {
    storedCount += pending.count
    pending.removeAll(keepingCapacity: true)
  }
}
