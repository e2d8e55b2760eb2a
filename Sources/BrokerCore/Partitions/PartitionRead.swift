import Base
import KafkaProtocol
import LogStore

/// What a fetch of one partition found.
struct PartitionRead<Files: FileSystem> {
  var error = ErrorCode.none
  /// -1 where an error leaves it unknown.
  var highWatermark: Int64 = -1
  var logStartOffset: Int64 = -1
  var result = LogReadResult<Files>.empty
}
