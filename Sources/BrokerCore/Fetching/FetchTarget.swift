import Base
import KafkaProtocol

/// One partition of a fetch, with what the client said about it.
struct FetchTarget<Files: FileSystem>: Sendable {
  let key: FetchKey
  /// nil: there is no such partition, as `error` says.
  let partition: Partition<Files>?
  var error = ErrorCode.none
  var offset: Int64
  var maxBytes: Int
  var leaderEpoch: Int32
  /// What the client was told last; an incremental answer leaves out what has not changed since.
  var toldHighWatermark: Int64 = -1
  var toldLogStartOffset: Int64 = -1
  var isNew = true
}
