import AgentCore
import Base

/// A file source over files in memory, with its clock and sink.
struct Tail {
  let files: MemoryFiles
  var source: FileSource<MemoryFiles>
  var sink = CollectingSink()
  var now = Moment(monotonic: 1_000_000_000, wall: 1_000_000)
  let settings: FileSourceSettings

  static func settings(
    _ include: [String], exclude: [String] = [], lineLimit: Int = 1_000_000, startsAtEnd: Bool = false
  ) throws -> FileSourceSettings {
    FileSourceSettings(
      name: "test", host: "h1", include: try include.map { try GlobPattern($0) },
      exclude: try exclude.map { try GlobPattern($0) },
      topic: try Template("logs", placeholders: FileSourceSettings.placeholders),
      key: try Template("{host}:{path}", placeholders: FileSourceSettings.placeholders), lineLimit: lineLimit,
      startsAtEnd: startsAtEnd)
  }

  init(
    _ files: MemoryFiles, _ settings: FileSourceSettings, stored: [StoredFilePosition]? = nil
  ) {
    self.files = files
    self.settings = settings
    source = FileSource(files, settings, number: 0, stored: stored)
  }

  /// Lets time pass.
  mutating func wait(_ milliseconds: Int64) {
    now = Moment(monotonic: now.monotonic + milliseconds * 1_000_000, wall: now.wall + milliseconds)
    files.setWall(now.wall)
  }

  /// Scans and reads all there is.
  mutating func run() {
    source.scan(now)
    source.noteTime(now)
    while source.turn(now, into: &sink) == .more {}
  }

  mutating func acknowledgeAll() {
    for (token, count) in sink.pending { source.settle(token, count: count, .acknowledged) }
    sink.pending = []
  }

  /// What is left to a new process: the positions that were stored, through their file format.
  mutating func restart() throws {
    let stored = StoredPositions(files: ["test": source.storedPositions])
    let decoded = try StoredPositions(decoding: stored.encoded())
    source = FileSource(files, settings, number: 0, stored: decoded.files["test"])
    sink.pending = []
  }
}
