/// What a partition remembers of one idempotent producer (KIP-98).
public struct ProducerEntry: Sendable {
  /// One appended batch.
  public struct Batch: Sendable, Hashable {
    public var lastSequence: Int32
    /// Records less one.
    public var offsetDelta: Int32
    public var lastOffset: Int64
    /// The batch's largest, milliseconds since 1970-01-01 UTC.
    public var timestamp: Int64

    @inlinable
    public init(lastSequence: Int32, offsetDelta: Int32, lastOffset: Int64, timestamp: Int64) {
      self.lastSequence = lastSequence
      self.offsetDelta = offsetDelta
      self.lastOffset = lastOffset
      self.timestamp = timestamp
    }

    @inlinable public var baseOffset: Int64 { lastOffset &- Int64(offsetDelta) }
    /// Sequences wrap from 2^31 - 1 to 0.
    @inlinable public var baseSequence: Int32 {
      lastSequence >= offsetDelta
        ? lastSequence &- offsetDelta : Int32.max &- (offsetDelta &- lastSequence) &+ 1
    }
  }

  /// A client has at most five requests in flight, so that is what a retry can repeat.
  public static let batchLimit = 5

  public let producerID: Int64
  /// -1: none yet.
  public var epoch: Int16
  /// Of the transaction coordinator that wrote the last marker; -1: none.
  public var coordinatorEpoch: Int32 = -1
  /// -1: no open transaction.
  public var currentTransactionFirstOffset: Int64 = -1
  /// When it last appended: the broker's clock, or the batch's timestamp where recovery read it.
  public var lastTimestamp: Int64
  /// The last `batchLimit` batches, oldest first: `batchCount` of these.
  @usableFromInline var batches: InlineArray<5, Batch>
  @usableFromInline var batchCount: Int = 0

  @inlinable
  init(producerID: Int64, epoch: Int16, lastTimestamp: Int64) {
    self.producerID = producerID
    self.epoch = epoch
    self.lastTimestamp = lastTimestamp
    batches = InlineArray(repeating: Batch(lastSequence: -1, offsetDelta: 0, lastOffset: -1, timestamp: -1))
  }

  /// nil when no batch of the current epoch is known.
  @inlinable public var lastBatch: Batch? { batchCount == 0 ? nil : batches[batchCount &- 1] }
  /// -1 when no batch of the current epoch is known.
  @inlinable public var lastSequence: Int32 { batchCount == 0 ? -1 : batches[batchCount &- 1].lastSequence }
  /// -1 when no batch of the current epoch is known.
  @inlinable public var lastOffset: Int64 { batchCount == 0 ? -1 : batches[batchCount &- 1].lastOffset }

  @inlinable
  mutating func add(_ batch: Batch, epoch: Int16) {
    if epoch != self.epoch {
      self.epoch = epoch
      batchCount = 0
    }
    if batchCount == Self.batchLimit {
      for index in 1..<Self.batchLimit { batches[index &- 1] = batches[index] }
      batchCount &-= 1
    }
    batches[batchCount] = batch
    batchCount &+= 1
  }

  /// The batch with exactly these sequences, appended before in this epoch.
  @inlinable
  func duplicate(baseSequence: Int32, lastSequence: Int32, epoch: Int16) -> Batch? {
    guard epoch == self.epoch else { return nil }
    for index in 0..<batchCount
    where batches[index].lastSequence == lastSequence && batches[index].baseSequence == baseSequence {
      return batches[index]
    }
    return nil
  }
}
