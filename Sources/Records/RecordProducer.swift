/// Who produced a batch, for idempotence and transactions (KIP-98).
public struct RecordProducer: Sendable, Hashable {
  /// Not idempotent.
  public static let none = RecordProducer(id: -1, epoch: -1, baseSequence: -1)

  public var id: Int64
  public var epoch: Int16
  /// The sequence number of the first record of the batch; the others follow it one by one.
  public var baseSequence: Int32

  @inlinable
  public init(id: Int64, epoch: Int16, baseSequence: Int32) {
    self.id = id
    self.epoch = epoch
    self.baseSequence = baseSequence
  }
}
