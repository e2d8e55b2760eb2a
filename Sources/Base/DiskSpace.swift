/// The room of a file system, in bytes.
public struct DiskSpace: Sendable, Hashable {
  public var total: Int64
  /// What a process without privileges may still take.
  public var available: Int64

  @inlinable
  public init(total: Int64, available: Int64) {
    self.total = total
    self.available = available
  }
}
