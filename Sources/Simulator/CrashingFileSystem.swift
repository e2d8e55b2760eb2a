import Base
import Synchronization

/// Files in memory that stop working after a number of calls, and then show what a power loss may leave: all that was
/// synced, and of the rest any part, in blocks of 64 bytes; of names, any first part of the changes not yet synced.
public final class CrashingFileSystem: FileSystem {
  public struct File: Sendable {
    var number: Int
  }

  private struct Content {
    var current: [UInt8] = []
    var durable: [UInt8] = []
  }

  private struct State {
    var contents: [Content] = []
    var names: [String: Int] = [:]
    var durableNames: [String: Int] = [:]
    var pendingNames: [[String: Int]] = []
    var callsLeft = Int.max
    var failures: [FileError] = []
  }

  private let state = Mutex(State())

  public init() {}

  /// Lets so many more calls that change something succeed; then every one fails until `crash`.
  public func stop(afterCalls count: Int) { state.withLock { $0.callsLeft = count } }

  /// Lets the next calls that change something fail, one for each error.
  public func failNext(_ code: Int32, _ reason: String, count: Int = 1) {
    state.withLock { state in
      state.failures = Array(
        repeating: FileError(operation: "write", path: "simulated", code: code, reason: reason), count: count)
    }
  }

  /// The power goes and comes back.
  public func crash(_ random: inout SeededRandom) {
    var generator = random
    state.withLock { state in
      for index in state.contents.indices {
        let survived = Self.survivor(of: state.contents[index], &generator)
        state.contents[index] = Content(current: survived, durable: survived)
      }
      if !state.pendingNames.isEmpty {
        let kept = Int.random(in: 0...state.pendingNames.count, using: &generator)
        if kept > 0 { state.durableNames = state.pendingNames[kept - 1] }
      }
      state.names = state.durableNames
      state.pendingNames = []
      state.callsLeft = .max
      state.failures = []
    }
    random = generator
  }

  private static func survivor(of content: Content, _ random: inout SeededRandom) -> [UInt8] {
    if content.current == content.durable { return content.durable }
    switch Int.random(in: 0..<3, using: &random) {
    case 0: return content.durable
    case 1: return content.current
    default:
      let size = Bool.random(using: &random) ? content.current.count : content.durable.count
      var mixed = [UInt8](repeating: 0, count: size)
      for block in stride(from: 0, to: size, by: 64) {
        let source = Bool.random(using: &random) ? content.current : content.durable
        for index in block..<min(block + 64, size) where index < source.count { mixed[index] = source[index] }
      }
      return mixed
    }
  }

  /// The bytes of a file as a reader sees them now.
  public func content(_ path: String) -> [UInt8]? {
    state.withLock { state in state.names[path].map { state.contents[$0].current } }
  }

  public func setContent(_ path: String, _ bytes: [UInt8]) {
    state.withLock { state in
      guard let number = state.names[path] else { return }
      state.contents[number] = Content(current: bytes, durable: bytes)
    }
  }

  private func change<Result>(_ body: (inout State) throws(FileError) -> Result) throws(FileError) -> Result {
    var result: Swift.Result<Result, FileError>?
    state.withLock { state in
      guard state.callsLeft > 0 else {
        result = .failure(FileError(operation: "write", path: "simulated", code: 5, reason: "the power is off"))
        return
      }
      state.callsLeft -= 1
      if !state.failures.isEmpty {
        result = .failure(state.failures.removeFirst())
        return
      }
      do throws(FileError) {
        result = .success(try body(&state))
      } catch {
        result = .failure(error)
      }
    }
    guard let result else { preconditionFailure("the closure always sets it") }
    return try result.get()
  }

  public func open(_ path: String, _ mode: FileMode) throws(FileError) -> File {
    try change { (state) throws(FileError) in
      if let number = state.names[path] {
        if mode == .replace { state.contents[number].current = [] }
        return File(number: number)
      }
      if mode == .read { throw FileError(operation: "open", path: path, code: 2, reason: "no such file") }
      state.contents.append(Content())
      state.names[path] = state.contents.count - 1
      state.pendingNames.append(state.names)
      return File(number: state.contents.count - 1)
    }
  }

  public func close(_ file: File) {}

  public func read(_ file: File, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int
  {
    let rest = state.withLock { Array($0.contents[file.number].current.dropFirst(Int(offset)).prefix(buffer.count)) }
    buffer.copyBytes(from: rest)
    return rest.count
  }

  public func readCached(
    _ file: File, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int? {
    try read(file, at: offset, into: buffer)
  }

  public func write(
    _ file: File, at offset: Int64, _ head: UnsafeRawBufferPointer, _ tail: UnsafeRawBufferPointer
  ) throws(FileError) {
    let bytes = Array(head) + Array(tail)
    var cut: FileError?
    try change { (state) throws(FileError) in
      var content = state.contents[file.number].current
      let start = Int(offset)
      if content.count < start { content += [UInt8](repeating: 0, count: start - content.count) }
      // A failing write leaves a part of it behind.
      let written = state.callsLeft == 0 ? Array(bytes.prefix(bytes.count / 2)) : bytes
      let end = min(content.count, start + written.count)
      content.replaceSubrange(start..<max(start, end), with: written)
      state.contents[file.number].current = content
      if written.count < bytes.count {
        cut = FileError(operation: "write", path: "simulated", code: 5, reason: "the power is off")
      }
    }
    if let cut { throw cut }
  }

  public func truncate(_ file: File, to size: Int64) throws(FileError) {
    try change { (state) throws(FileError) in
      let count = state.contents[file.number].current.count
      if Int(size) < count {
        state.contents[file.number].current.removeLast(count - Int(size))
      } else {
        state.contents[file.number].current += [UInt8](repeating: 0, count: Int(size) - count)
      }
    }
  }

  public func sync(_ file: File) throws(FileError) {
    try change { (state) throws(FileError) in
      state.contents[file.number].durable = state.contents[file.number].current
    }
  }

  public func status(_ file: File) throws(FileError) -> FileStatus {
    let size = state.withLock { $0.contents[file.number].current.count }
    return FileStatus(device: 1, inode: UInt64(file.number), size: Int64(size), modified: 0, kind: .file)
  }

  public func status(path: String) throws(FileError) -> FileStatus? {
    guard let number = state.withLock({ $0.names[path] }) else { return nil }
    return try status(File(number: number))
  }

  public func list(_ directory: String) throws(FileError) -> [String] {
    state.withLock { state in
      state.names.keys.filter { $0.parentDirectory == directory }.map { $0.lastPathComponent }
    }
  }

  public func createDirectory(_ path: String) throws(FileError) {}

  public func remove(_ path: String) throws(FileError) {
    try change { (state) throws(FileError) in
      state.names[path] = nil
      state.pendingNames.append(state.names)
    }
  }

  public func rename(_ path: String, to newPath: String) throws(FileError) {
    try change { (state) throws(FileError) in
      state.names[newPath] = state.names.removeValue(forKey: path)
      state.pendingNames.append(state.names)
    }
  }

  public func syncDirectory(_ path: String) throws(FileError) {
    try change { (state) throws(FileError) in
      state.durableNames = state.names
      state.pendingNames = []
    }
  }
}
