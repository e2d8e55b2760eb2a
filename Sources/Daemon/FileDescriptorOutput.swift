import Glibc

/// Writes all of `text` with as few calls as the descriptor allows, usually one. Gives up when it cannot be written
/// for a second: there is nobody left to tell.
func writeWhole(_ text: String, to descriptor: Int32) {
  var text = text
  text.withUTF8 { _ = writeWhole(UnsafeRawBufferPointer($0), to: descriptor, patienceMilliseconds: 1000) }
}

/// Writes all of `bytes`, waiting for a slow reader; returns 0, or `errno` of what prevents it (EPIPE: the reader went).
package func writeWhole(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
  writeWhole(bytes, to: descriptor, patienceMilliseconds: -1)
}

private func writeWhole(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, patienceMilliseconds: Int32) -> Int32 {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
    if count > 0 {
      rest = rest.dropFirst(count)
    } else if errno == EAGAIN {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      guard poll(&waiting, 1, patienceMilliseconds) > 0 || errno == EINTR else { return EAGAIN }
    } else if errno != EINTR {
      return errno
    }
  }
  return 0
}
