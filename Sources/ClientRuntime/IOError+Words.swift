import Glibc
import NIOCore

extension IOError {
  /// What `errno` means, without NIO's account of where it came from.
  var words: String { String(cString: strerror(errnoCode)) }
}
