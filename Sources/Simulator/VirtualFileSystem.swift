import Base
import Synchronization

/// Files in memory that behave as a disk may: what was not synced can be lost or torn when the power goes, the disk can
/// fill up, calls can fail. Paths are absolute.
///
/// The calls that change something are counted, so that a test can cut the power at any of them: `stop(afterCalls:)`,
/// then `crash`. Names change in order, as in a journalling file system: any first part of the changes since the last
/// `syncDirectory` may survive.
public final class VirtualFileSystem: FileSystem {
  public struct File: Sendable, Hashable {
    let descriptor: Int
  }

  struct State {
    var files: [Int: VirtualFile] = [:]
    var nextNumber = 1
    /// Descriptor to file number.
    var open: [Int: (number: Int, path: String)] = [:]
    var nextDescriptor = 3
    var names = VirtualNames()
    var durableNames = VirtualNames()
    var pendingNames: [VirtualNames.Change] = []

    var callsLeft = Int.max
    var failures: [FileError] = []
    var failingReads: Set<String> = []
    var isCold = false
    var capacity = Int.max
    var spaceFailure: Int32?
    var used = 0
    var time: Int64 = 0
  }

  let state = Mutex(State())

  public init() {}

  /// Runs `body` as one call that changes something: counted, and subject to the faults asked for.
  func change<Result>(
    _ operation: String, _ path: String, _ body: (inout State) throws(FileError) -> Result
  ) throws(FileError) -> Result {
    try state.withLock { (state) throws(FileError) in
      guard state.callsLeft > 0 else {
        throw FileError(operation: operation, path: path, code: 5, reason: "the power is off")
      }
      state.callsLeft -= 1
      if !state.failures.isEmpty {
        var failure = state.failures.removeFirst()
        failure.operation = operation
        failure.path = path
        throw failure
      }
      return try body(&state)
    }
  }

  public func open(_ path: String, _ mode: FileMode) throws(FileError) -> File {
    let existing = try state.withLock { (state) throws(FileError) in try state.file(path) }
    if mode != .replace, existing != nil {
      return try state.withLock { (state) throws(FileError) in
        guard state.callsLeft > 0 else {
          throw FileError(operation: "open", path: path, code: 5, reason: "the power is off")
        }
        return state.makeDescriptor(existing ?? 0, path)
      }
    }
    if mode == .read || mode == .update { throw .notFound("open", path) }
    return try change("open", path) { (state) throws(FileError) in
      if let number = existing {
        state.resize(number, to: 0)
        return state.makeDescriptor(number, path)
      }
      guard state.names.nodes[path.parentDirectory] == .directory else { throw .notFound("open", path) }
      let number = state.nextNumber
      state.nextNumber += 1
      state.files[number] = VirtualFile()
      state.files[number]?.modified = state.time
      state.changeNames(.set(path, .file(number)))
      return state.makeDescriptor(number, path)
    }
  }

  public func close(_ file: File) {
    state.withLock { state in
      guard let (number, _) = state.open.removeValue(forKey: file.descriptor) else { return }
      state.freeIfUnused(number)
    }
  }

  public func read(
    _ file: File, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int {
    nonisolated(unsafe) let buffer = buffer
    return try state.withLock { (state) throws(FileError) in
      let (number, path) = try state.descriptor(file, "read")
      if state.failingReads.contains(path) {
        throw FileError(operation: "read", path: path, code: 5, reason: "input/output error")
      }
      let content = state.files[number]?.content ?? []
      guard offset >= 0, offset < content.count else { return 0 }
      let start = Int(offset)
      let count = min(buffer.count, content.count - start)
      content.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[start..<(start + count)])) }
      return count
    }
  }

  public func readCached(
    _ file: File, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int? {
    if state.withLock({ $0.isCold }) { return nil }
    return try read(file, at: offset, into: buffer)
  }

  public func write(
    _ file: File, at offset: Int64, _ head: UnsafeRawBufferPointer, _ tail: UnsafeRawBufferPointer
  ) throws(FileError) {
    let bytes = Array(head) + Array(tail)
    let path = try state.withLock { (state) throws(FileError) in try state.descriptor(file, "write").path }
    try change("write", path) { (state) throws(FileError) in
      let number = try state.descriptor(file, "write").number
      let size = state.files[number]?.content.count ?? 0
      let growth = max(0, Int(offset) + bytes.count - size)
      let room = state.capacity - state.used
      // The call at which the power goes, and the one that fills the disk, leave a part of what they write behind.
      let written = growth > room ? max(0, bytes.count - (growth - room)) : bytes.count
      let isLast = state.callsLeft == 0
      state.write(number, bytes.prefix(isLast ? written / 2 : written), at: Int(offset))
      if isLast { throw FileError(operation: "write", path: path, code: 5, reason: "the power is off") }
      if written < bytes.count {
        throw FileError(operation: "write", path: path, code: 28, reason: "No space left on device")
      }
    }
  }

  public func truncate(_ file: File, to size: Int64) throws(FileError) {
    let path = try state.withLock { (state) throws(FileError) in try state.descriptor(file, "truncate").path }
    try change("truncate", path) { (state) throws(FileError) in
      state.resize(try state.descriptor(file, "truncate").number, to: Int(size))
    }
  }

  public func sync(_ file: File) throws(FileError) {
    let path = try state.withLock { (state) throws(FileError) in try state.descriptor(file, "sync").path }
    try change("sync", path) { (state) throws(FileError) in
      state.files[try state.descriptor(file, "sync").number]?.sync()
    }
  }

  public func status(_ file: File) throws(FileError) -> FileStatus {
    try state.withLock { (state) throws(FileError) in
      state.status(ofFile: try state.descriptor(file, "inspect").number)
    }
  }
}

extension FileError {
  static func notFound(_ operation: String, _ path: String) -> FileError {
    FileError(operation: operation, path: path, code: 2, reason: "No such file or directory")
  }
}
