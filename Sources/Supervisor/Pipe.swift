import Glibc

/// Both ends of a pipe, close-on-exec. They stay open until closed by their users.
struct Pipe: Sendable {
  let readEnd: Int32
  let writeEnd: Int32

  init() throws(SupervisorError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .last("make a pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    readEnd = ends[0]
    writeEnd = ends[1]
  }

  func closeBoth() {
    close(readEnd)
    close(writeEnd)
  }
}
