import AgentCore
import Base

/// The files in the state directory that keep positions over a restart. `positions` is replaced as a whole and synced, so
/// it holds what one moment knew; one that is damaged nevertheless is refused, because to guess would repeat or lose
/// lines. `positions.recent` holds what moved after that moment (`RecentPositions`).
struct PositionFile<Files: FileSystem> {
  static var sizeLimit: Int { 64 << 20 }
  /// Bytes of `positions.recent`; what moves beyond them waits for the next store.
  static var recentLimit: Int { 1 << 20 }

  private let files: Files
  let path: String
  private var written: [UInt8]?
  private var recentPath: String { path + ".recent" }
  private var recentFile: Files.File?
  /// Bytes in `recentFile`.
  private var recentSize = 0
  /// The checksum of what is stored whole; nil until this process did that.
  private var base: UInt32?

  init(_ files: Files, directory: String) {
    self.files = files
    path = "\(directory)/positions"
  }

  /// What was stored; nothing at all when there is no file.
  func load() throws(AgentError) -> StoredPositions {
    let content: [UInt8]?
    let recent: [UInt8]?
    do throws(FileError) {
      content = try files.readWhole(path, limit: Self.sizeLimit)
      recent = try files.readWhole(recentPath, limit: Self.sizeLimit)
    } catch {
      throw .state(error)
    }
    guard let content else { return StoredPositions() }
    var positions: StoredPositions
    do throws(StoredPositionsError) {
      positions = try StoredPositions(decoding: content)
    } catch {
      throw .positions(path: path, error)
    }
    positions.apply(recent: recent ?? [], base: Self.checksum(content))
    return positions
  }

  private static func checksum(_ content: [UInt8]) -> UInt32 { content.withUnsafeBytes { CRC32C.checksum($0) } }

  /// Replaces the file, unless it says the same already.
  mutating func store(_ positions: StoredPositions) throws(FileError) {
    let content = positions.encoded()
    guard content != written else { return }
    // What is in the other file from here on belongs to this one.
    base = nil
    try files.replaceWhole(path, with: content)
    written = content
    if recentFile == nil { recentFile = try files.open(recentPath, .readWrite) }
    guard let recentFile else { return }
    try files.truncate(recentFile, to: 0)
    recentSize = 0
    base = Self.checksum(content)
  }

  /// To collect what moved in; nil when there is nowhere to write it to.
  var recent: RecentPositions? { base.map { RecentPositions(base: $0) } }

  /// Writes what moved, if there is room: survives the end of this process, but not that of the machine.
  mutating func add(_ recent: RecentPositions) throws(FileError) {
    let content = recent.content
    guard let recentFile, recent.base == base, !content.isEmpty, recentSize + content.count <= Self.recentLimit else {
      return
    }
    var failure: FileError?
    content.withUnsafeBytes { bytes in
      do throws(FileError) {
        try files.write(recentFile, at: Int64(recentSize), bytes, UnsafeRawBufferPointer(start: nil, count: 0))
      } catch {
        failure = error
      }
    }
    if let failure {
      // Behind a gap nothing would be found.
      base = nil
      throw failure
    }
    recentSize += content.count
  }

  mutating func close() {
    if let recentFile { files.close(recentFile) }
    recentFile = nil
    base = nil
  }
}
