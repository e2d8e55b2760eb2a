import Base

/// What became of records that a producer took: all of one batch, in the order they were sent.
public struct Delivery: Sendable {
  public var partition: TopicPartition
  /// What was handed to `send` with each record.
  public var tokens: [UInt64]
  /// The offset of the first record, the others follow it one by one; -1 when the broker did not tell (`DUPLICATE_SEQUENCE_NUMBER`).
  /// After `.timedOut` and `.closed` the records may be in the log nevertheless.
  public var result: Result<Int64, ClientError>
  /// The broker had lost what it knew of this producer while an answer was outstanding: the records may be in the log
  /// twice.
  public var mayBeDuplicated: Bool

  package init(
    partition: TopicPartition, tokens: [UInt64], result: Result<Int64, ClientError>, mayBeDuplicated: Bool = false
  ) {
    self.partition = partition
    self.tokens = tokens
    self.result = result
    self.mayBeDuplicated = mayBeDuplicated
  }
}
