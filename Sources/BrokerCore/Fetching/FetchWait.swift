import Base
import KafkaProtocol

/// A fetch: what it asks for, and what was found when it was last looked.
struct FetchWait<Files: FileSystem> {
  let context: RequestContext
  let session: FetchSession<Files>?
  /// Whether the answer leaves out what has not changed.
  let isIncremental: Bool
  let sessionID: Int32
  var targets: [FetchTarget<Files>]
  let minBytes: Int
  let maxBytes: Int
  let isReadCommitted: Bool
  /// Monotonic nanoseconds.
  var deadline: Int64
  /// By the places of `targets`.
  var reads: [PartitionRead<Files>] = []

  /// Whether partitions may know this request.
  var isRegistered = false

  /// Nobody wakes this request any more.
  func unregister() {
    for target in targets { target.partition?.unregister(context.id) }
  }
}
