import Base
import Daemon
import Glibc

/// Standard output, whose reader may be slow or gone.
struct StandardOutput: Sendable {
  /// How long a sink that is asked to end waits for a reader who does not read.
  private static let patience: Int64 = 2000

  let stopFlag: StopFlag
  let notifier: SystemdNotifier

  /// Writes the bytes from `written` on, waiting for the reader as long as it takes, and moves `written` along.
  func write(_ bytes: [UInt8], _ written: inout Int) throws(FileError) {
    while written < bytes.count {
      try waitForReader()
      let count = bytes.withUnsafeBytes { bytes in
        // No more than a pipe takes at once, so that no call blocks for long.
        Glibc.write(STDOUT_FILENO, bytes.baseAddress! + written, min(bytes.count - written, 4096))
      }
      if count >= 0 {
        written += count
      } else if errno != EINTR, errno != EAGAIN {
        throw Self.error(errno)
      }
    }
  }

  private func waitForReader() throws(FileError) {
    var waiting = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
    while true {
      let ready = poll(&waiting, 1, 1000)
      if ready > 0 { return }
      if ready < 0, errno != EINTR { throw Self.error(errno) }
      // A slow reader is no failure of this process.
      notifier.keepAlive()
      if stopFlag.isSet(forMilliseconds: Self.patience) {
        throw FileError(operation: "write to", path: "standard output", code: EAGAIN, reason: "nobody reads it")
      }
    }
  }

  private static func error(_ code: Int32) -> FileError {
    FileError(
      operation: "write to", path: "standard output", code: code, reason: String(cString: strerror(code)))
  }
}

extension FileError {
  /// `EPIPE`: whoever read is gone, and nobody will read any more.
  var isReaderGone: Bool { code == EPIPE }
}
