import Glibc

/// Writes all of `text` with as few calls as the descriptor allows, usually one. Gives up when it cannot be written:
/// there is nobody left to tell.
func writeWhole(_ text: String, to descriptor: Int32) {
  var text = text
  text.withUTF8 { bytes in
    var written = 0
    while written < bytes.count {
      let count = write(descriptor, bytes.baseAddress! + written, bytes.count - written)
      if count > 0 {
        written += count
      } else if errno == EAGAIN {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&waiting, 1, 1000) > 0 else { return }
      } else if errno != EINTR {
        return
      }
    }
  }
}
