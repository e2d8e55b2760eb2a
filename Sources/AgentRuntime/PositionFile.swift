import AgentCore
import Base

/// The file in the state directory that keeps positions over a restart. It is replaced as a whole, so it holds what one
/// moment knew; a file that is damaged nevertheless is refused, because to guess would repeat or lose lines.
struct PositionFile<Files: FileSystem> {
  static var sizeLimit: Int { 64 << 20 }

  private let files: Files
  let path: String
  private var written: [UInt8]?

  init(_ files: Files, directory: String) {
    self.files = files
    path = "\(directory)/positions"
  }

  /// What was stored; nothing at all when there is no file.
  func load() throws(AgentError) -> StoredPositions {
    let content: [UInt8]?
    do throws(FileError) {
      content = try files.readWhole(path, limit: Self.sizeLimit)
    } catch {
      throw .state(error)
    }
    guard let content else { return StoredPositions() }
    do throws(StoredPositionsError) {
      return try StoredPositions(decoding: content)
    } catch {
      throw .positions(path: path, error)
    }
  }

  /// Replaces the file, unless it says the same already.
  mutating func store(_ positions: StoredPositions) throws(FileError) {
    let content = positions.encoded()
    guard content != written else { return }
    try files.replaceWhole(path, with: content)
    written = content
  }
}
