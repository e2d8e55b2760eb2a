import Base
import CDiskIO
import Glibc

/// The files of this machine. Every call is one system call or a few; all may be used from any thread.
public struct RealFileSystem: FileSystem {
  public typealias File = RealFile

  public init() {}

  public func open(_ path: String, _ mode: FileMode) throws(FileError) -> RealFile {
    let flags =
      switch mode {
      case .read: O_RDONLY
      case .update: O_RDWR
      case .readWrite: O_RDWR | O_CREAT
      case .replace: O_RDWR | O_CREAT | O_TRUNC
      }
    while true {
      let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o640)
      if descriptor >= 0 { return RealFile(descriptor: descriptor, path: path) }
      if errno != EINTR { throw .last("open", path) }
    }
  }

  public func close(_ file: RealFile) {
    // Linux frees the descriptor whatever close answers; what a write lost is told by the sync that callers wait for.
    _ = Glibc.close(file.descriptor)
  }

  public func lock(_ file: RealFile) throws(FileError) {
    while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
      switch errno {
      case EINTR: continue
      case EWOULDBLOCK:
        var error = FileError.last("lock", file.path)
        error.reason = "another process writes it"
        throw error
      // Some network file systems have no locks.
      case EOPNOTSUPP, ENOLCK, EINVAL, ENOSYS: return
      default: throw .last("lock", file.path)
      }
    }
  }

  public func read(
    _ file: RealFile, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int {
    var done = 0
    while done < buffer.count, let base = buffer.baseAddress {
      let count = pread(file.descriptor, base + done, buffer.count - done, Int(offset) + done)
      if count == 0 { break }
      if count > 0 {
        done += count
      } else if errno != EINTR {
        throw .last("read", file.path)
      }
    }
    return done
  }

  public func readCached(
    _ file: RealFile, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int? {
    guard buffer.count > 0 else { return 0 }
    while true {
      let count = splashdam_read_cached(file.descriptor, buffer.baseAddress, buffer.count, offset)
      if count >= 0 { return count }
      switch errno {
      case EINTR: continue
      case EAGAIN: return nil
      // A file system that cannot tell (tmpfs before 6.12, FUSE) holds nothing that `read` would wait long for, or
      // leaves no choice.
      case EOPNOTSUPP: return try read(file, at: offset, into: buffer)
      default: throw .last("read", file.path)
      }
    }
  }

  /// Whether the page cache seems to hold `count` bytes from `offset` on, so that `sendfile` need not wait for the disk.
  /// It is looked at in steps of 64 KiB, in which the kernel reads ahead at least and mostly forgets; a hole that this
  /// misses costs one read. False as well where the file is shorter.
  public func isCached(_ file: RealFile, at offset: Int64, count: Int) -> Bool {
    let end = offset + Int64(count)
    var position = offset
    while position < end {
      guard isCached(file, at: position) else { return false }
      position += Self.cacheProbeInterval
    }
    return isCached(file, at: end - 1)
  }

  private static var cacheProbeInterval: Int64 { 64 << 10 }

  private func isCached(_ file: RealFile, at offset: Int64) -> Bool {
    var byte: UInt8 = 0
    while true {
      let count = splashdam_read_cached(file.descriptor, &byte, 1, offset)
      if count >= 0 { return count == 1 }
      if errno != EINTR {
        // As for `readCached`: a file system that cannot tell leaves no choice.
        return errno == EOPNOTSUPP
      }
    }
  }

  public func write(
    _ file: RealFile, at offset: Int64, _ head: UnsafeRawBufferPointer, _ tail: UnsafeRawBufferPointer
  ) throws(FileError) {
    let total = head.count + tail.count
    var done = 0
    while done < total {
      let count: Int
      if done < head.count, tail.isEmpty {
        count = pwrite(file.descriptor, head.baseAddress! + done, head.count - done, Int(offset) + done)
      } else if done >= head.count {
        let start = done - head.count
        count = pwrite(file.descriptor, tail.baseAddress! + start, tail.count - start, Int(offset) + done)
      } else {
        count = Self.gather(file, at: Int(offset) + done, .init(rebasing: head[done...]), tail)
      }
      if count >= 0 {
        done += count
      } else if errno != EINTR {
        throw .last("write", file.path)
      }
    }
  }

  private static func gather(
    _ file: RealFile, at offset: Int, _ head: UnsafeRawBufferPointer, _ tail: UnsafeRawBufferPointer
  ) -> Int {
    var vectors = (
      iovec(iov_base: UnsafeMutableRawPointer(mutating: head.baseAddress), iov_len: head.count),
      iovec(iov_base: UnsafeMutableRawPointer(mutating: tail.baseAddress), iov_len: tail.count)
    )
    return withUnsafeBytes(of: &vectors) {
      pwritev(file.descriptor, $0.bindMemory(to: iovec.self).baseAddress, 2, offset)
    }
  }

  public func truncate(_ file: RealFile, to size: Int64) throws(FileError) {
    while ftruncate(file.descriptor, Int(size)) != 0 {
      if errno != EINTR { throw .last("truncate", file.path) }
    }
  }

  public func sync(_ file: RealFile) throws(FileError) {
    while fdatasync(file.descriptor) != 0 {
      if errno != EINTR { throw .last("sync", file.path) }
    }
  }
}
