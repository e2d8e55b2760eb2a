/// A request of a connection, named by the shell; effects and deliveries name it again.
public struct RequestID: Sendable, Hashable {
  public var connection: ConnectionID
  /// Counts the requests of the connection.
  public var number: UInt64

  @inlinable
  public init(connection: ConnectionID, number: UInt64) {
    self.connection = connection
    self.number = number
  }
}
