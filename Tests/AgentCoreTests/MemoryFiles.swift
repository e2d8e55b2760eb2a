import Base
import Synchronization

/// Files in memory with inodes that are used again, open files that outlive their names, and errors on demand.
final class MemoryFiles: FileSystem {
  struct File: Sendable {
    var inode: UInt64
  }

  private struct Inode {
    var content: [UInt8] = []
    var modified: Int64 = 0
    var opened = 0
    var named = 0
  }

  private struct State {
    var inodes: [UInt64: Inode] = [:]
    var names: [String: UInt64] = [:]
    var errors: [String: Int32] = [:]
    var wall: Int64 = 1_000_000
    var readLimit = Int.max

    mutating func sweep(_ inode: UInt64) {
      if let entry = inodes[inode], entry.opened == 0, entry.named == 0 { inodes[inode] = nil }
    }

    /// The lowest free number, so that inodes are used again at once, as ext4 does.
    func freeInode() -> UInt64 { (1...).first { inodes[$0] == nil } ?? 0 }

    mutating func unlink(_ path: String) {
      guard let inode = names.removeValue(forKey: path) else { return }
      inodes[inode]?.named -= 1
      sweep(inode)
    }
  }

  private let state = Mutex(State())

  private static func failure(_ operation: String, _ path: String, _ code: Int32) -> FileError {
    FileError(operation: operation, path: path, code: code, reason: "error \(code)")
  }

  // What a test does to the files.

  func setWall(_ wall: Int64) { state.withLock { $0.wall = wall } }

  func fail(_ path: String, _ code: Int32?) { state.withLock { $0.errors[path] = code } }

  /// How many bytes a read returns at most.
  func limitReads(_ limit: Int) { state.withLock { $0.readLimit = limit } }

  var openCount: Int { state.withLock { $0.inodes.values.reduce(0) { $0 + $1.opened } } }

  func create(_ path: String) {
    state.withLock { state in
      state.unlink(path)
      let inode = state.freeInode()
      state.inodes[inode] = Inode(content: [], modified: state.wall, opened: 0, named: 1)
      state.names[path] = inode
    }
  }

  func append(_ path: String, _ bytes: [UInt8]) {
    if state.withLock({ $0.names[path] == nil }) { create(path) }
    state.withLock { state in
      guard let inode = state.names[path] else { return }
      state.inodes[inode]?.content += bytes
      state.inodes[inode]?.modified = state.wall
    }
  }

  func append(_ path: String, _ text: String) { append(path, Array(text.utf8)) }

  func truncate(_ path: String, to size: Int = 0) {
    state.withLock { state in
      guard let inode = state.names[path], let content = state.inodes[inode]?.content else { return }
      state.inodes[inode]?.content = Array(content.prefix(size))
      state.inodes[inode]?.modified = state.wall
    }
  }

  func copy(_ path: String, to copy: String) {
    let content = content(path) ?? []
    create(copy)
    append(copy, content)
  }

  func delete(_ path: String) { state.withLock { $0.unlink(path) } }

  func move(_ path: String, _ newPath: String) {
    state.withLock { state in
      guard let inode = state.names[path] else { return }
      state.unlink(newPath)
      state.names[path] = nil
      state.names[newPath] = inode
    }
  }

  func content(_ path: String) -> [UInt8]? {
    state.withLock { state in state.names[path].flatMap { state.inodes[$0]?.content } }
  }

  // What the source sees.

  func open(_ path: String, _ mode: FileMode) throws(FileError) -> File {
    let result = state.withLock { state -> Result<File, FileError> in
      if let code = state.errors[path] { return .failure(Self.failure("open", path, code)) }
      guard let inode = state.names[path] else { return .failure(Self.failure("open", path, 2)) }
      state.inodes[inode]?.opened += 1
      return .success(File(inode: inode))
    }
    return try result.get()
  }

  func close(_ file: File) {
    state.withLock { state in
      state.inodes[file.inode]?.opened -= 1
      state.sweep(file.inode)
    }
  }

  func read(_ file: File, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    state.withLock { state in
      let content = state.inodes[file.inode]?.content ?? []
      let start = min(Int(offset), content.count)
      let count = min(buffer.count, content.count - start, buffer.count > 1024 ? state.readLimit : .max)
      content.withUnsafeBytes { bytes in
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]))
      }
      return count
    }
  }

  func readCached(
    _ file: File, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int? {
    try read(file, at: offset, into: buffer)
  }

  private func status(_ inode: UInt64) -> FileStatus {
    state.withLock { state in
      let entry = state.inodes[inode] ?? Inode()
      return FileStatus(
        device: 1, inode: inode, size: Int64(entry.content.count), modified: entry.modified, kind: .file)
    }
  }

  func status(_ file: File) throws(FileError) -> FileStatus { status(file.inode) }

  func status(path: String) throws(FileError) -> FileStatus? {
    if let inode = state.withLock({ $0.names[path] }) { return status(inode) }
    let isDirectory = state.withLock { $0.names.keys.contains { $0.hasPrefix(path + "/") } } || path == "/"
    // A directory's number only has to be its own.
    let number = 1 << 32 | UInt64(CRC32C.checksum(UnsafeRawBufferPointer(start: nil, count: 0)))
    return isDirectory
      ? FileStatus(
        device: 2, inode: number ^ UInt64(path.utf8.reduce(7) { ($0 &* 31 &+ UInt32($1)) }), size: 0, modified: 0,
        kind: .directory) : nil
  }

  func space(_ path: String) throws(FileError) -> DiskSpace { DiskSpace(total: .max, available: .max) }

  func list(_ directory: String) throws(FileError) -> [String] {
    if let code = state.withLock({ $0.errors[directory] }) { throw Self.failure("opendir", directory, code) }
    if state.withLock({ $0.names[directory] != nil }) { throw Self.failure("opendir", directory, 20) }
    let prefix = directory == "/" ? "/" : directory + "/"
    let names = state.withLock { $0.names.keys.filter { $0.hasPrefix(prefix) } }
    guard !names.isEmpty else { throw Self.failure("opendir", directory, 2) }
    return Set(names.map { String($0.dropFirst(prefix.count).prefix { $0 != "/" }) }).sorted()
  }

  private func unsupported(_ operation: String, _ path: String) -> FileError { Self.failure(operation, path, 95) }

  func write(
    _ file: File, at offset: Int64, _ head: UnsafeRawBufferPointer, _ tail: UnsafeRawBufferPointer
  ) throws(FileError) {
    throw unsupported("write", "")
  }

  func truncate(_ file: File, to size: Int64) throws(FileError) { throw unsupported("truncate", "") }
  func sync(_ file: File) throws(FileError) { throw unsupported("sync", "") }
  func createDirectory(_ path: String) throws(FileError) { throw unsupported("mkdir", path) }
  func remove(_ path: String) throws(FileError) { throw unsupported("remove", path) }
  func rename(_ path: String, to newPath: String) throws(FileError) { throw unsupported("rename", path) }
  func syncDirectory(_ path: String) throws(FileError) { throw unsupported("sync", path) }
}
