import Daemon
import Glibc

/// How many files and sockets this process may have open at once.
enum OpenFileLimit {
  /// Raises it as far as this process may: the usual 1,024 are for programs that use `select`.
  static func raise(log: Log) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max else {
      return
    }
    let before = limit.rlim_cur
    limit.rlim_cur = limit.rlim_max
    if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
      log.warning(
        "cannot raise the number of open files", ["limit": before, "reason": String(cString: strerror(errno))])
    }
  }
}
