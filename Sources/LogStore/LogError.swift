import Base

/// Why a partition's log did not do what was asked. The log is as it was before, unless it says that it is offline.
public enum LogError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Reading or writing failed (Kafka: KAFKA_STORAGE_ERROR).
  case file(FileError)
  /// An earlier failure left the files in doubt; nothing works until the log is opened again (KAFKA_STORAGE_ERROR).
  case offline(String, reason: String)
  /// The offset lies before the log's start or after its end (OFFSET_OUT_OF_RANGE).
  case offsetOutOfRange(Int64, logStartOffset: Int64, logEndOffset: Int64)
  /// More bytes than a segment may have (RECORD_LIST_TOO_LARGE).
  case tooLarge(bytes: Int, limit: Int)
  /// The buffer to append does not hold whole batches of magic 2 (CORRUPT_MESSAGE). `position`: in the buffer.
  case invalidBatch(position: Int, reason: String)
  /// The sequence number does not follow the producer's last (OUT_OF_ORDER_SEQUENCE_NUMBER).
  case outOfOrderSequence(producerID: Int64, epoch: Int16, expected: Int32, found: Int32)
  /// Another instance of the producer has taken over (INVALID_PRODUCER_EPOCH).
  case invalidProducerEpoch(producerID: Int64, epoch: Int16, current: Int16)
  /// What is stored at this place is not a record batch (CORRUPT_MESSAGE).
  case corrupt(String, position: Int64, reason: String)

  public var description: String {
    switch self {
    case .file(let error): error.description
    case .offline(let directory, let reason):
      "the log \(directory) is offline after a failure: \(reason); mend the disk and restart the broker"
    case .offsetOutOfRange(let offset, let start, let end):
      "offset \(offset) is outside of the log, which has \(start) to \(end)"
    case .tooLarge(let bytes, let limit):
      "the batches have \(bytes) bytes, a segment takes \(limit); raise segment.bytes or send less at once"
    case .invalidBatch(let position, let reason): "byte \(position) of the batches is refused: \(reason)"
    case .outOfOrderSequence(let producer, let epoch, let expected, let found):
      "producer \(producer) (epoch \(epoch)) sent sequence \(found), \(expected) was expected"
    case .invalidProducerEpoch(let producer, let epoch, let current):
      "producer \(producer) sent epoch \(epoch), the current one is \(current)"
    case .corrupt(let file, let position, let reason):
      "\(file) is damaged at byte \(position): \(reason); restart the broker to recover it, and check the disk"
    }
  }
}
