import Base
import Glibc

extension RealFileSystem {
  public func status(_ file: RealFile) throws(FileError) -> FileStatus {
    var status = stat()
    guard fstat(file.descriptor, &status) == 0 else { throw .last("inspect", file.path) }
    return FileStatus(status)
  }

  public func status(path: String) throws(FileError) -> FileStatus? {
    var status = stat()
    if stat(path, &status) == 0 { return FileStatus(status) }
    if errno == ENOENT || errno == ENOTDIR { return nil }
    throw .last("inspect", path)
  }

  public func space(_ path: String) throws(FileError) -> DiskSpace {
    var status = statvfs()
    while statvfs(path, &status) != 0 {
      if errno != EINTR { throw .last("inspect", path) }
    }
    func bytes(_ blocks: UInt) -> Int64 {
      let (product, overflow) = UInt64(blocks).multipliedReportingOverflow(by: UInt64(status.f_frsize))
      return overflow ? .max : Int64(clamping: product)
    }
    return DiskSpace(total: bytes(status.f_blocks), available: bytes(status.f_bavail))
  }

  public func list(_ directory: String) throws(FileError) -> [String] {
    guard let handle = opendir(directory) else { throw .last("list", directory) }
    defer { closedir(handle) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(handle) else {
        if errno != 0 { throw .last("list", directory) }
        return names
      }
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
  }

  public func createDirectory(_ path: String) throws(FileError) {
    if mkdir(path, 0o750) == 0 { return }
    if errno == ENOENT, path.parentDirectory != path, path.parentDirectory != "." {
      try createDirectory(path.parentDirectory)
      if mkdir(path, 0o750) == 0 { return }
    }
    guard errno == EEXIST else { throw .last("create directory", path) }
    guard try status(path: path)?.kind == .directory else {
      errno = ENOTDIR
      throw .last("create directory", path)
    }
  }

  public func remove(_ path: String) throws(FileError) {
    if unlink(path) == 0 { return }
    // Linux answers EISDIR for a directory, POSIX lets it be EPERM.
    guard errno == EISDIR || errno == EPERM else { throw .last("remove", path) }
    guard rmdir(path) == 0 else { throw .last("remove", path) }
  }

  public func rename(_ path: String, to newPath: String) throws(FileError) {
    guard Glibc.rename(path, newPath) == 0 else { throw .last("rename", path) }
  }

  public func syncDirectory(_ path: String) throws(FileError) {
    let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .last("open", path) }
    defer { _ = Glibc.close(descriptor) }
    while fsync(descriptor) != 0 {
      if errno != EINTR { throw .last("sync", path) }
    }
  }
}
