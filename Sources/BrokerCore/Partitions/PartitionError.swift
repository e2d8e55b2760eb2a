import KafkaProtocol
import LogStore

/// Why a partition did not do what was asked.
enum PartitionError: Error {
  /// It was deleted while it was asked.
  case deleted
  case log(LogError)
  /// Its disk is full or has failed, as it says in words.
  case refused(String)

  var code: ErrorCode {
    switch self {
    case .deleted: .unknownTopicOrPartition
    case .log(let error): error.code
    case .refused: .kafkaStorageError
    }
  }

  var message: String {
    switch self {
    case .deleted: "the partition was deleted"
    case .log(let error): error.description
    case .refused(let reason): reason
    }
  }
}

extension LogError {
  /// What the protocol calls it.
  var code: ErrorCode {
    switch self {
    case .file, .offline: .kafkaStorageError
    case .offsetOutOfRange: .offsetOutOfRange
    case .tooLarge: .recordListTooLarge
    case .invalidBatch, .corrupt: .corruptMessage
    case .outOfOrderSequence: .outOfOrderSequenceNumber
    case .invalidProducerEpoch: .invalidProducerEpoch
    }
  }

  /// Whether the disk is at fault rather than the client.
  var isStorageFailure: Bool {
    switch self {
    case .file, .offline, .corrupt: true
    case .offsetOutOfRange, .tooLarge, .invalidBatch, .outOfOrderSequence, .invalidProducerEpoch: false
    }
  }
}
