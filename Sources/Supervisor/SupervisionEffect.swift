/// What `Supervision` wants done. Parts are numbered in the order they start.
public enum SupervisionEffect: Sendable, Hashable {
  case start(part: Int)
  /// SIGTERM: end in order.
  case terminate(part: Int)
  /// SIGKILL.
  case kill(part: Int)
  case announce(SupervisionNotice)
  /// Nothing runs any more: leave with this status.
  case finish(status: Int32)
}
