import Base
import DiskIO
import Glibc

/// A directory of its own below the system's, removed with all that is in it when this value goes.
final class TemporaryDirectory {
  let path: String

  init() {
    var template = Array("/tmp/splashdam-test.XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { buffer in
      guard let name = buffer.baseAddress, mkdtemp(name) != nil else { return "/tmp/splashdam-test-without-name" }
      return String(cString: name)
    }
  }

  deinit {
    do throws(FileError) {
      try remove(path)
    } catch {
      print("left behind: \(error)")
    }
  }

  private func remove(_ path: String) throws(FileError) {
    let files = RealFileSystem()
    if try files.status(path: path)?.kind == .directory {
      for name in try files.list(path) { try remove("\(path)/\(name)") }
    }
    try files.remove(path)
  }
}
