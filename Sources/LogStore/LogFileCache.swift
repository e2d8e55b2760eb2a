import Base
import Synchronization

/// The open files of all logs of a broker but those being appended to: at most `capacity`, the longest unused closed
/// first. Readers that hold one keep it open until they are done.
public final class LogFileCache<Files: FileSystem>: Sendable {
  private struct Entry {
    var file: LogFile<Files>
    var lastUse: UInt64
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var uses: UInt64 = 0
    var suspects: Set<String> = []
    /// How often a name went to nothing or to another file.
    var forgotten: UInt64 = 0
  }

  public let files: Files
  public let capacity: Int
  private let state = Mutex(State())

  public init(files: Files, capacity: Int = 1024) {
    self.files = files
    self.capacity = max(capacity, 8)
  }

  /// Files open now.
  public var count: Int { state.withLock { $0.entries.count } }

  /// The file if it is open; never touches the disk.
  public func openFile(_ path: String) -> LogFile<Files>? {
    state.withLock { state in
      guard let file = state.entries[path]?.file else { return nil }
      state.uses &+= 1
      state.entries[path]?.lastUse = state.uses
      return file
    }
  }

  /// The file, opened for reading and writing when it is not; it must exist.
  public func file(_ path: String) throws(FileError) -> LogFile<Files> {
    while true {
      if let file = openFile(path) { return file }
      let forgotten = state.withLock { $0.forgotten }
      let file = try LogFile(path, .update, files: files)
      // Names change under the locks of their logs, which this caller may not hold: what was opened may have lost the
      // name before it came in here, and would then be taken for what has it now.
      if insert(file, unlessForgottenSince: forgotten) { return file }
    }
  }

  /// The caller holds the log's lock, so that the file has its name.
  func insert(_ file: LogFile<Files>) {
    _ = insert(file, unlessForgottenSince: nil)
  }

  private func insert(_ file: LogFile<Files>, unlessForgottenSince forgotten: UInt64?) -> Bool {
    let evicted = state.withLock { state -> [LogFile<Files>]? in
      guard forgotten == nil || forgotten == state.forgotten else { return nil }
      state.uses &+= 1
      state.entries[file.path] = Entry(file: file, lastUse: state.uses)
      return Self.evict(&state, above: capacity)
    }
    // The files close here, outside of the lock.
    return withExtendedLifetime(evicted) { evicted != nil }
  }

  /// Takes out a quarter at once, so that the sorting is paid once in many opens.
  private static func evict(_ state: inout State, above capacity: Int) -> [LogFile<Files>] {
    guard state.entries.count > capacity else { return [] }
    let oldest = state.entries.sorted { $0.value.lastUse < $1.value.lastUse }.prefix(capacity / 4 + 1)
    for (path, _) in oldest { state.entries[path] = nil }
    return oldest.map { $0.value.file }
  }

  /// Closes the file as soon as no reader holds it: its name went to nothing or to another file.
  func forget(_ path: String) {
    let entry = state.withLock { state in
      state.forgotten &+= 1
      state.suspects.remove(path)
      return state.entries.removeValue(forKey: path)
    }
    withExtendedLifetime(entry) {}
  }

  /// A reader found that an index does not fit its log.
  @usableFromInline
  package func suspect(_ path: String) {
    state.withLock { state in
      if state.suspects.count < capacity { state.suspects.insert(path) }
    }
  }

  /// The indexes in `directory` that readers found wrong; each is told once.
  func takeSuspects(in directory: String) -> [String] {
    state.withLock { state in
      guard !state.suspects.isEmpty else { return [] }
      let found = state.suspects.filter { $0.parentDirectory == directory }
      state.suspects.subtract(found)
      return found.sorted()
    }
  }
}
