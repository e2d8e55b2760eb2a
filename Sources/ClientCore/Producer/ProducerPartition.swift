import Base
import Records

/// One partition as its producer sees it.
struct ProducerPartition {
  let name: TopicPartition
  let topic: Int
  /// -1: none is known.
  var leader: Int32 = -1
  /// Made and not done with, in the order of their sequences.
  var batches: [ProducerBatch] = []
  /// How many of them are on the way.
  var sentCount = 0
  /// Who this producer is here: an epoch is raised for one partition alone, since brokers check it by partition. nil: no
  /// batch has been made yet, or a new id is needed.
  var identity: (id: Int64, epoch: Int16)?
  /// The id that `identity` had last.
  var usedID: Int64?
  var nextSequence: Int32 = 0
  var nextOrdinal: UInt64 = 0
  /// Whether the leader has acknowledged a batch of this epoch. Before that one batch goes at a time: to a broker that
  /// knows nothing of a producer every sequence is the right one, so a second batch could come to lie before the first.
  var isEstablished = false
  /// An attempt failed: nothing is sent until all of what is on the way has been answered, so that the retries go out
  /// in their order.
  var isDraining = false
  /// Sequences have to begin anew, under another epoch, once nothing is on the way.
  var needsNewEpoch = false
  var retryAt: Int64 = .min
  var backoff: Backoff

  /// How many batches would be on the way or behind the oldest that is not done with, if one more were sent. A broker
  /// remembers the last five; an older one that it has could not be told from one that it never had.
  var spanAfterSending: UInt64 {
    guard let first = batches.first else { return 1 }
    let next = firstWaiting.map { batches[$0].ordinal } ?? nextOrdinal
    return next - first.ordinal + 1
  }

  var firstWaiting: Int? { batches.firstIndex { $0.request == nil } }

  /// The sequence `count` records after `sequence`: they wrap to 0 behind the largest.
  static func sequence(_ sequence: Int32, plus count: Int32) -> Int32 {
    sequence > .max - count ? count - (.max - sequence) - 1 : sequence + count
  }
}
