/// Why a regular expression is refused.
public struct TopicPatternError: Error, Sendable, Hashable, CustomStringConvertible {
  public var problem: String
  /// The byte of the expression at which it was noticed.
  public var position: Int

  public var description: String { "\(problem), at byte \(position) of the regular expression" }
}
