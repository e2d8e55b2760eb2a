import Synchronization

/// How many idempotent producers all logs of a broker remember together. A client can name as many as it likes in as many
/// partitions as there are, so a limit for each partition is none for the broker.
///
/// When it is reached, a partition that remembers more than a few forgets those of its own that were silent longest
/// before it takes a new one; so whoever made many loses many, and the others keep theirs.
public final class ProducerBudget: Sendable {
  /// Producers a partition may have in any case.
  static let reservedCount = 32

  /// Some 200 bytes each.
  public static let defaultLimit = 1_000_000

  public let limit: Int
  private let held = Atomic(0)

  public init(limit: Int = ProducerBudget.defaultLimit) {
    self.limit = limit
  }

  /// Producers remembered now.
  public var count: Int { held.load(ordering: .relaxed) }

  @usableFromInline
  func adjust(by change: Int) {
    held.wrappingAdd(change, ordering: .relaxed)
  }

  /// How many a partition that remembers `count` and may have `ownLimit` may have now.
  @usableFromInline
  func allowance(_ ownLimit: Int, holding count: Int) -> Int {
    self.count < limit ? ownLimit : min(ownLimit, max(count, Self.reservedCount))
  }
}
