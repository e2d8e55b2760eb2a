import Glibc
import NIOCore

/// What a single thread has worked, in user mode and in the kernel.
enum ThreadClock {
  /// Nanoseconds of the calling thread.
  static var nanoseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Nanoseconds of the thread of an event loop.
  static func nanoseconds(of loop: any EventLoop) async throws -> Int64 {
    try await loop.submit { nanoseconds }.get()
  }
}
