/// A connection, named by the shell that accepted it.
public struct ConnectionID: Sendable, Hashable {
  /// Which event loop, and so which `RequestProcessor`, it belongs to.
  public var loop: Int
  /// Never used twice.
  public var number: UInt64

  @inlinable
  public init(loop: Int, number: UInt64) {
    self.loop = loop
    self.number = number
  }
}
