import ClientCore
import Synchronization

/// Counts what became of records; filled on the client's event loop, read anywhere.
public final class DeliveryCount: Sendable {
  public struct Counts: Sendable {
    public var delivered = 0
    public var failed = 0
    /// Different reasons, the first few.
    public var reasons: [String] = []
  }

  private static let reasonLimit = 5
  private let counts = Mutex(Counts())

  public init() {}

  public var current: Counts { counts.withLock { $0 } }

  public func add(_ deliveries: [Delivery]) {
    counts.withLock { counts in
      for delivery in deliveries {
        switch delivery.result {
        case .success: counts.delivered += delivery.tokens.count
        case .failure(let error):
          counts.failed += delivery.tokens.count
          Self.note("\(delivery.partition): \(error)", in: &counts)
        }
      }
    }
  }

  /// A record that never left.
  public func addFailure(_ reason: String) {
    counts.withLock { counts in
      counts.failed += 1
      Self.note(reason, in: &counts)
    }
  }

  private static func note(_ reason: String, in counts: inout Counts) {
    if counts.reasons.count < reasonLimit, !counts.reasons.contains(reason) { counts.reasons.append(reason) }
  }
}
