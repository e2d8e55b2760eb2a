import Coordination
import KafkaProtocol
import Records

/// Why a group's records were not appended.
enum GroupAppendError: Error, CustomStringConvertible {
  case record(GroupRecordError)
  case batch(RecordBatchError)
  case tooLarge(byteCount: Int, limit: Int)
  case partition(PartitionError)

  var code: ErrorCode {
    switch self {
    case .record, .batch: .unknownServerError
    case .tooLarge: .recordListTooLarge
    case .partition(let error): error.code
    }
  }

  var description: String {
    switch self {
    case .record(let error): error.description
    case .batch(let error): "\(error)"
    case .tooLarge(let byteCount, let limit):
      "what a group has to keep takes \(byteCount) bytes, max.message.bytes of __consumer_offsets allows \(limit)"
    case .partition(let error): error.message
    }
  }
}
