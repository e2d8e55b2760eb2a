import Base
import Coordination
import KafkaProtocol
import LogStore
import Synchronization

/// All coordinators of a broker. There are none until `__consumer_offsets` exists. May be used from any thread.
public final class GroupCoordinators<Files: FileSystem>: Sendable {
  private struct State {
    var shards: [GroupShard<Files>] = []
    /// Nobody has promised yet to call them at their deadlines.
    var hasUnscheduled = false
  }

  private let state = Mutex(State())

  /// One for each partition of `__consumer_offsets`, by its number; empty before that exists.
  var shards: [GroupShard<Files>] { state.withLock { $0.shards } }

  var isOpen: Bool { state.withLock { !$0.shards.isEmpty } }

  /// The one that answers for a group; nil before `__consumer_offsets` exists, and where its log could not be read.
  func shard(of groupID: String) -> GroupShard<Files>? {
    state.withLock { state in
      guard !state.shards.isEmpty, let count = Int32(exactly: state.shards.count) else { return nil }
      let shard = state.shards[Int(GroupCoordinator.partition(of: groupID, count: count))]
      return shard.isAvailable ? shard : nil
    }
  }

  func open(_ shards: [GroupShard<Files>]) {
    state.withLock { state in
      state.shards = shards
      state.hasUnscheduled = true
    }
  }

  /// Those that were opened since the last call.
  func takeUnscheduled() -> [GroupShard<Files>] {
    state.withLock { state in
      defer { state.hasUnscheduled = false }
      return state.hasUnscheduled ? state.shards : []
    }
  }
}
