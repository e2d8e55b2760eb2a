import Base

/// One `.log` file with its indexes. The last segment of a log is the one being appended to, the others stay as they
/// are. Its files are found by name; only the active segment holds its `.log` open.
@usableFromInline
struct Segment<Files: FileSystem>: Sendable {
  /// A recently appended batch, by which readers at the end of the log find their place without the index.
  @usableFromInline
  struct Recent: Sendable {
    @usableFromInline var baseOffset: Int64
    @usableFromInline var nextOffset: Int64
    @usableFromInline var position: Int64
    @usableFromInline var size: Int

    @inlinable
    init(baseOffset: Int64, nextOffset: Int64, position: Int64, size: Int) {
      self.baseOffset = baseOffset
      self.nextOffset = nextOffset
      self.position = position
      self.size = size
    }
  }

  @usableFromInline static var recentLimit: Int { 32 }

  @usableFromInline let baseOffset: Int64
  @usableFromInline let directory: String
  /// Bytes of whole batches in the `.log`.
  @usableFromInline var size: Int64
  /// The offset after its last record; the base offset of the next segment for one that is not active.
  @usableFromInline var nextOffset: Int64
  @usableFromInline var file: LogFile<Files>?
  @usableFromInline var offsetIndex: SparseIndex<OffsetIndexEntry>
  @usableFromInline var timeIndex: SparseIndex<TimeIndexEntry>
  /// The largest timestamp and the last offset of the batch that has it; nil in an empty segment, and in one that was
  /// closed before this process began, until somebody asks.
  @usableFromInline var largest: TimestampedOffset?
  /// When it was first and last appended to, by the broker's clock; the file's time where it was closed before.
  @usableFromInline var firstAppendTime: Int64?
  @usableFromInline var lastAppendTime: Int64
  @usableFromInline var bytesSinceIndexEntry = 0
  /// What is known of the bytes that an earlier process wrote; nil: there are none, or all were verified.
  @usableFromInline var trust: SegmentTrust?
  /// A ring: the oldest is overwritten. Empty but in the active segment.
  @usableFromInline var recents: [Recent] = []
  @usableFromInline var nextRecent = 0

  @usableFromInline
  init(baseOffset: Int64, directory: String, size: Int64, lastAppendTime: Int64) {
    self.baseOffset = baseOffset
    self.directory = directory
    self.size = size
    self.lastAppendTime = lastAppendTime
    nextOffset = baseOffset
    offsetIndex = SparseIndex(storedCount: 0, last: nil)
    timeIndex = SparseIndex(storedCount: 0, last: nil)
  }

  @usableFromInline
  func path(_ kind: SegmentName.Kind) -> String { "\(directory)/\(SegmentName.file(baseOffset, kind))" }

  @inlinable
  mutating func noteRecent(_ recent: Recent) {
    if recents.count < Self.recentLimit {
      recents.append(recent)
    } else {
      recents[nextRecent] = recent
      nextRecent = (nextRecent &+ 1) % Self.recentLimit
    }
  }

  /// The recent batch that holds `offset`.
  @inlinable
  func recent(holding offset: Int64) -> Recent? {
    for recent in recents where recent.baseOffset <= offset && offset < recent.nextOffset { return recent }
    return nil
  }

  mutating func forgetRecents() {
    recents = []
    nextRecent = 0
  }
}
