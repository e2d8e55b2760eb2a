import Base
import DiskIO
import Glibc
import Testing

@Suite struct RealFileSystemTests {
  private let files = RealFileSystem()
  private let directory = TemporaryDirectory()

  private func write(_ file: RealFile, at offset: Int64, _ head: [UInt8], _ tail: [UInt8] = []) throws(FileError) {
    try head.withUnsafeBufferPointer { (head) throws(FileError) in
      try tail.withUnsafeBufferPointer { (tail) throws(FileError) in
        try files.write(file, at: offset, UnsafeRawBufferPointer(head), UnsafeRawBufferPointer(tail))
      }
    }
  }

  private func read(_ file: RealFile, at offset: Int64, _ count: Int, cached: Bool = false) throws -> [UInt8]? {
    var bytes = [UInt8](repeating: 0xEE, count: count)
    let done = try bytes.withUnsafeMutableBytes { buffer in
      cached ? try files.readCached(file, at: offset, into: buffer) : try files.read(file, at: offset, into: buffer)
    }
    return done.map { Array(bytes.prefix($0)) }
  }

  @Test func writesAndReadsInPlace() throws {
    let file = try files.open("\(directory.path)/a", .readWrite)
    defer { files.close(file) }
    try write(file, at: 0, [1, 2, 3], [4, 5])
    try write(file, at: 3, [9])
    try write(file, at: 7, [], [7])
    try write(file, at: 0, [], [])
    #expect(try read(file, at: 0, 100) == [1, 2, 3, 9, 5, 0, 0, 7])
    #expect(try read(file, at: 2, 2) == [3, 9])
    #expect(try read(file, at: 8, 2) == [])
    #expect(try read(file, at: 100, 2) == [])
    // What was just written is in the page cache.
    #expect(try read(file, at: 0, 3, cached: true) == [1, 2, 3])
    #expect(try read(file, at: 0, 0, cached: true) == [])
    try files.truncate(file, to: 2)
    try files.sync(file)
    #expect(try files.status(file).size == 2)
    let big = [UInt8](repeating: 3, count: 3 << 20)
    try write(file, at: 2, big, big)
    #expect(try read(file, at: 0, 8 << 20)?.count == 2 + (6 << 20))
  }

  @Test func locksOutOthers() throws {
    let path = "\(directory.path)/a"
    let first = try files.open(path, .readWrite)
    try files.lock(first)
    // As long as it is open, for whoever opens it again: here this process, which is another to the kernel.
    let second = try files.open(path, .readWrite)
    defer { files.close(second) }
    let error = #expect(throws: FileError.self) { try files.lock(second) }
    #expect(error?.isLocked == true && error?.path == path)
    files.close(first)
    try files.lock(second)
  }

  @Test func knowsWhatThePageCacheHas() throws {
    let file = try files.open("\(directory.path)/a", .readWrite)
    defer { files.close(file) }
    let size = 1 << 20
    try write(file, at: 0, [UInt8](repeating: 3, count: size))
    #expect(files.isCached(file, at: 0, count: size))
    #expect(files.isCached(file, at: 100, count: 1))
    #expect(!files.isCached(file, at: 0, count: size + 1))
    #expect(!files.isCached(file, at: Int64(size), count: 1))
    try files.sync(file)
    posix_fadvise(file.descriptor, 512 << 10, 128 << 10, POSIX_FADV_DONTNEED)
    // A file system that lives in memory forgets nothing.
    guard try read(file, at: 600 << 10, 1, cached: true) == nil else { return }
    #expect(!files.isCached(file, at: 0, count: size))
    #expect(files.isCached(file, at: 0, count: 512 << 10))
    #expect(files.isCached(file, at: 640 << 10, count: 384 << 10))
  }

  @Test func opensAsTold() throws {
    let path = "\(directory.path)/a"
    #expect(throws: FileError.self) { try files.open(path, .read) }
    let file = try files.open(path, .readWrite)
    try write(file, at: 0, [1])
    files.close(file)
    let reader = try files.open(path, .read)
    #expect(throws: FileError.self) { try write(reader, at: 0, [1]) }
    files.close(reader)
    files.close(try files.open(path, .replace))
    let status = try #require(try files.status(path: path))
    #expect(status.size == 0 && status.kind == .file)
    #expect(abs(status.modified / 1000 - Int64(time(nil))) < 60)
    var mode = stat()
    #expect(stat(path, &mode) == 0 && mode.st_mode & 0o777 == 0o640)
  }

  @Test func keepsNames() throws {
    let nested = "\(directory.path)/b/c"
    try files.createDirectory(nested)
    try files.createDirectory(nested)
    files.close(try files.open("\(nested)/x", .readWrite))
    files.close(try files.open("\(nested)/x", .update))
    #expect(throws: FileError.self) { try files.open("\(nested)/y", .update) }
    #expect(try files.list(nested) == ["x"])
    #expect(throws: FileError.self) { try files.createDirectory("\(nested)/x") }
    try files.rename("\(nested)/x", to: "\(nested)/y")
    try files.syncDirectory(nested)
    #expect(try files.list(nested) == ["y"])
    #expect(try files.status(path: "\(nested)/x") == nil)
    #expect(try files.status(path: "\(nested)/y/z") == nil)
    #expect(try files.status(path: nested)?.kind == .directory)
    do throws(FileError) {
      try files.remove(nested)
      Issue.record("a directory with files was removed")
    } catch {
      #expect(error.path == nested && error.operation == "remove" && !error.isNotFound)
    }
    try files.remove("\(nested)/y")
    try files.remove(nested)
    do throws(FileError) {
      try files.remove(nested)
      Issue.record("nothing was removed")
    } catch {
      #expect(error.isNotFound)
      #expect(error.description == "cannot remove \(nested): No such file or directory")
    }
    #expect(throws: FileError.self) { try files.list(nested) }
  }

  @Test func replacesWholeFiles() throws {
    let path = "\(directory.path)/whole"
    try files.replaceWhole(path, with: [1, 2, 3])
    try files.replaceWhole(path, with: [4])
    #expect(try files.readWhole(path, limit: 10) == [4])
    #expect(try files.list(directory.path) == ["whole"])
  }

  @Test func oneProcessLocksADirectory() throws {
    do {
      let lock = try DirectoryLock(directory.path)
      do throws(FileError) {
        _ = try DirectoryLock(directory.path)
        Issue.record("it was locked twice")
      } catch {
        #expect(error.isLocked && error.description.contains("another process uses the directory"))
      }
      withExtendedLifetime(lock) {}
    }
    _ = try DirectoryLock(directory.path)
    do throws(FileError) {
      _ = try DirectoryLock("\(directory.path)/missing")
      Issue.record("a missing directory was locked")
    } catch {
      #expect(!error.isLocked && error.isNotFound)
    }
  }
}
