/// What the person before the terminal is told.
public enum SupervisionNotice: Sendable, Hashable {
  /// A part that others wait for still is not ready; they start now.
  case notReadyInTime(part: Int)
  case allReady
  /// Somebody asked for the end.
  case ending
  /// A part could not be started.
  case notStarted(part: Int, reason: String)
  /// A part ended although nobody asked it to.
  case died(part: Int, ProcessEnd)
  /// A part that was asked to end, did, but not well.
  case endedBadly(part: Int, ProcessEnd)
  /// A part did not end in time and is killed.
  case killedAfterWaiting(part: Int)
  /// The end was asked for twice.
  case killingAll
}
