/// An open file of the kernel. Whoever opened it closes it, once.
public struct RealFile: Sendable, Hashable {
  /// For `sendfile` and the like; never to be closed by others.
  public let descriptor: Int32
  /// As it was opened, for messages.
  public let path: String
}
