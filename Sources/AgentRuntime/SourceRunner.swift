import AgentCore
import Base

/// A source with what its kind needs from the system.
protocol SourceRunner: AnyObject {
  /// Turns for as long as there is something to send, but not for ever.
  func pass(_ now: Moment, into sink: inout ProducerSink) -> SourceTurn
  func settle(_ token: DeliveryToken, count: Int, _ outcome: DeliveryOutcome)
  /// Puts what happened since the last call into the log.
  func logEvents()
  /// Adds what to keep over a restart.
  func addPositions(to positions: inout StoredPositions)
  /// Adds what acknowledgements moved since the last call.
  func addMoved(to recent: inout RecentPositions)

  /// Whether some record that was sent is not settled yet.
  var hasOutstanding: Bool { get }
  /// Records sent and not yet settled.
  var outstanding: Int { get }
  /// Whether the positions changed since this was reset.
  var hasMoved: Bool { get set }
  /// The monotonic time at which it wants a pass even if nothing happens; nil for never.
  var nextDeadline: Int64? { get }
  /// What wakes it, if readable.
  var descriptor: Int32? { get }
}

extension SourceRunner {
  /// Turns in one pass.
  static var passLength: Int { 64 }
  /// Milliseconds until records that the producer gave up are sent again.
  static var repeatInterval: Int64 { 5000 }
}
