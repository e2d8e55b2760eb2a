/// Something a client tells its owner on the side: a broker that went away, a rebalance, a batch that was stepped over.
public struct ClientNotice: Sendable, Hashable {
  public enum Severity: Sendable, Hashable {
    case debug
    case info
    case warning
    case error
  }

  public var severity: Severity
  /// One of few constant words, to limit the rate of its kind by: `connection`, `metadata`, `produce`, `group`, `topic`,
  /// `fetch`.
  public var kind: String
  public var text: String

  public init(_ severity: Severity, kind: String, _ text: String) {
    self.severity = severity
    self.kind = kind
    self.text = text
  }
}
