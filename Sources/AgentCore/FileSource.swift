import Base

/// Follows the files that globs name and sends their lines, a chunk of each file in turn.
///
/// The shell calls `scan` at the start, when a name in one of `directories` changes, and now and then as a safety net;
/// `noteChange` when a file grew; `turn` until it returns `.nothing` or `.full`; and `settle` for each acknowledgement.
/// A file is the same while its inode and its first bytes are. When another file takes its name, the old one is read to
/// its end before the new one. A file without a name is followed for two minutes after it last grew.
public struct FileSource<Files: FileSystem> {
  /// Bytes read at a time.
  static var chunkSize: Int { 128 << 10 }
  /// Nanoseconds without growth after which a file that has lost its name is let go.
  static var detachedLimit: Int64 { 120_000_000_000 }
  /// With more files open than this, one is closed again after each turn.
  static var openLimit: Int { 512 }
  /// Nanoseconds without growth after which a file is closed until it grows again.
  static var idleLimit: Int64 { 300_000_000_000 }

  let files: Files
  let settings: FileSourceSettings
  let number: UInt32
  var tailed: [UInt32: TailedFile<Files.File>] = [:]
  var byKey: [FileKey: UInt32] = [:]
  /// The file found last for each path, whose successor the next one will be.
  var latestByPath: [String: UInt32] = [:]
  /// What could not be opened, and the error told.
  var unreadable: [String: Int32] = [:]
  /// Files whose last line may have to be sent without an end.
  var openEnded: Set<UInt32> = []
  var ready = ReadyQueue()
  var nextId: UInt32 = 0
  var hasScanned = false
  let isFirstRun: Bool
  let buffer: ReadBuffer
  let head = ReadBuffer(capacity: FileFingerprint.lengthLimit)
  let previousByte = ReadBuffer(capacity: 1)
  /// Files that are open now.
  var openCount = 0

  /// The directories whose names matter, as of the last scan.
  public internal(set) var directories: Set<String> = []
  /// What happened since the caller last emptied it.
  public var events: [FileSourceEvent] = []
  /// Whether `storedPositions` differs from when the caller last reset this.
  public var hasMoved = false {
    didSet { if !hasMoved { moved.removeAll(keepingCapacity: true) } }
  }
  /// Files whose acknowledged position moved since `takeMoved`.
  var moved: Set<UInt32> = []

  /// `stored` is what an earlier run kept, nil when the source is new. `number` is the source's in tokens.
  public init(_ files: Files, _ settings: FileSourceSettings, number: UInt32, stored: [StoredFilePosition]?) {
    self.files = files
    self.settings = settings
    self.number = number
    isFirstRun = stored == nil
    buffer = ReadBuffer(capacity: Self.chunkSize)
    for entry in stored ?? [] where byKey[entry.key] == nil {
      insert(
        path: entry.path, key: entry.key, fingerprint: entry.fingerprint, position: entry.position, file: nil,
        status: nil, now: Moment(monotonic: 0, wall: 0))
    }
  }

  /// What to keep over a restart: only what is acknowledged.
  public var storedPositions: [StoredFilePosition] {
    tailed.values.sorted { $0.id < $1.id }.compactMap(stored)
  }

  /// Whether some record that was sent is not settled yet.
  public var hasOutstanding: Bool { tailed.values.contains { !$0.delivery.isSettled } }

  /// Records sent and not yet settled.
  public var outstanding: Int { tailed.values.reduce(0) { $0 + $1.delivery.outstanding } }

  /// The files followed now, by the number that `noteChange` takes, with the names they have, nil where they lost them.
  public var followed: [(id: UInt32, path: String?)] {
    tailed.values.filter { !$0.isOver }.sorted { $0.id < $1.id }.map { ($0.id, $0.currentPath) }
  }

  /// How many files wait for a turn.
  public var readyCount: Int { ready.count }

  /// The monotonic time at which some last line has waited long enough; nil when none waits.
  public var nextDeadline: Int64? {
    let wait = settings.lastLineAfter.multipliedReportingOverflow(by: 1_000_000)
    guard !wait.overflow else { return nil }
    return openEnded.compactMap { id in tailed[id].map { $0.grownAt &+ wait.partialValue } }.min()
  }

  /// The file may have grown or changed.
  public mutating func noteChange(_ id: UInt32) {
    enqueue(id)
  }

  /// Gives the files whose last line has waited long enough a turn.
  public mutating func noteTime(_ now: Moment) {
    for id in openEnded.sorted() {
      guard let file = tailed[id], hasWaited(file, now) else { continue }
      enqueue(id)
    }
  }

  func hasWaited(_ file: TailedFile<Files.File>, _ now: Moment) -> Bool {
    let (wait, overflow) = settings.lastLineAfter.multipliedReportingOverflow(by: 1_000_000)
    return !overflow && now.monotonic &- file.grownAt >= wait
  }

  /// When a file that was not watched so far grew last, by its own account: what was left alone for long enough need not
  /// wait again.
  func lastGrowth(_ status: FileStatus, _ now: Moment) -> Int64 {
    let age = min(max(0, now.wall &- status.modified), 86_400_000)
    return now.monotonic &- age &* 1_000_000
  }

  mutating func enqueue(_ id: UInt32) {
    guard tailed[id]?.isQueued == false else { return }
    tailed[id]?.isQueued = true
    ready.append(id)
  }

  /// Closes every file. Nothing may be asked of the source afterwards but `storedPositions`.
  public mutating func closeAll() {
    for id in tailed.keys {
      if let file = tailed[id]?.file { close(file) }
      tailed[id]?.file = nil
    }
  }

  mutating func close(_ file: Files.File) {
    files.close(file)
    openCount -= 1
  }

  @discardableResult
  mutating func insert(
    path: String, key: FileKey, fingerprint: FileFingerprint, position: FilePosition, file: Files.File?,
    status: FileStatus?, now: Moment
  ) -> UInt32 {
    while tailed[nextId] != nil { nextId = (nextId + 1) & DeliveryToken.streamMask }
    let id = nextId
    nextId = (nextId + 1) & DeliveryToken.streamMask
    let grownAt = status.map { lastGrowth($0, now) } ?? now.monotonic
    var entry = TailedFile<Files.File>(
      id: id, path: path, route: settings.route(forPath: path), key: key, fingerprint: fingerprint,
      currentPath: path, file: file, position: position, size: status?.size ?? position.sentEnd,
      modified: status?.modified ?? 0, grownAt: grownAt, delivery: DeliveryTracker(startingAt: position))
    if let previous = latestByPath[path], tailed[previous] != nil {
      entry.predecessor = previous
      tailed[previous]?.successor = id
      // It may have been read to its end long ago: its turn finds that out.
      enqueue(previous)
    }
    latestByPath[path] = id
    tailed[id] = entry
    byKey[key] = id
    hasMoved = true
    return id
  }

  /// Lets go of a file that is no longer to be followed.
  mutating func remove(_ id: UInt32) {
    guard let entry = tailed.removeValue(forKey: id) else { return }
    if let file = entry.file { close(file) }
    if byKey[entry.key] == id { byKey[entry.key] = nil }
    if latestByPath[entry.path] == id { latestByPath[entry.path] = entry.predecessor }
    openEnded.remove(id)
    if let successor = entry.successor {
      tailed[successor]?.predecessor = entry.predecessor
      if let predecessor = entry.predecessor { tailed[predecessor]?.successor = successor }
      enqueue(successor)
    } else if let predecessor = entry.predecessor {
      tailed[predecessor]?.successor = nil
    }
    hasMoved = true
  }
}
