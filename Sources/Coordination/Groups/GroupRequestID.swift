/// Names a request that waits for its answer; chosen by the shell, which sees it again in `GroupEffect.reply`.
public struct GroupRequestID: RawRepresentable, Sendable, Hashable {
  public var rawValue: UInt64

  @inlinable
  public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }
}
