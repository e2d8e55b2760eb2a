import Glibc

/// Ends another thread's `poll`.
package final class Wakeup: Sendable {
  /// To be polled for reading.
  let descriptor: Int32
  private let end: Int32

  package init() throws(AgentError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .system("pipe", errno) }
    descriptor = ends[0]
    end = ends[1]
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
  }

  deinit {
    close(descriptor)
    close(end)
  }

  package func wake() {
    var byte: UInt8 = 1
    // A full pipe wakes as well.
    _ = write(end, &byte, 1)
  }

  /// Makes it wait for the next `wake`.
  func clear() {
    var bytes: (UInt64, UInt64) = (0, 0)
    while read(descriptor, &bytes, MemoryLayout.size(ofValue: bytes)) > 0 {}
  }
}
