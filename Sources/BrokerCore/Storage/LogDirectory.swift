import Base
import Synchronization

/// One directory of `log.dirs` and the disk it lies on: whether it takes records. May be used from any thread.
public final class LogDirectory: Sendable {
  private struct State {
    var room = DiskRoom()
    var failure: String?
    /// Nobody has taken its partitions offline yet.
    var isFailureNew = false
  }

  public let path: String
  private let state = Mutex(State())
  /// What `DiskRoom.allowance` was at the last look, less what was appended since.
  private let allowance = Atomic<Int64>(.max)
  private let refusedCount = Atomic<Int64>(0)

  init(_ path: String) {
    self.path = path
  }

  /// Why nothing can be read or written there any more; nil while it can.
  public var failure: String? { state.withLock { $0.failure } }

  /// Whether records are refused for want of room.
  public var isFull: Bool { allowance.load(ordering: .relaxed) <= 0 }

  /// Batches that were refused because the disk was full or had failed.
  public var refusedBatchCount: Int64 { refusedCount.load(ordering: .relaxed) }

  /// Bytes that background work may take for a while: half of the reserve too, as it gives back more than it takes.
  var spareByteCount: Int64 {
    state.withLock { state in
      guard state.failure == nil else { return 0 }
      return max(state.room.available - state.room.reserve / 2, 0)
    }
  }

  /// Whether so many bytes of records may be appended.
  func admits(_ byteCount: Int) -> Bool {
    guard allowance.load(ordering: .relaxed) > 0 else {
      refusedCount.wrappingAdd(1, ordering: .relaxed)
      return false
    }
    allowance.wrappingSubtract(Int64(byteCount), ordering: .relaxed)
    return true
  }

  /// Why `admits` says no, for clients and operators.
  var refusal: String {
    state.withLock { state in
      if let failure = state.failure { return "the directory \(path) has failed: \(failure)" }
      return "the disk of \(path) is nearly full (\(state.room.available) bytes are left, log.disk.reserve.bytes keeps "
        + "\(state.room.reserve)); make room there, lower retention or set log.disk.budget.bytes"
    }
  }

  /// Looks at the disk's room.
  func observe(_ space: DiskSpace, reserve: Int64) -> DiskRoom.Change? {
    state.withLock { state in
      let change = state.room.observe(space, reserve: reserve)
      allowance.store(state.failure == nil ? state.room.allowance : 0, ordering: .relaxed)
      return change
    }
  }

  /// Takes note of what the file system refused. Reading an old file may fail for its own reasons, so callers bring
  /// what failed in writing.
  func note(_ error: FileError) {
    if error.isDiskFull {
      state.withLock { state in
        state.room.fill()
        allowance.store(0, ordering: .relaxed)
      }
    } else if error.isDeviceFailure {
      fail(error.description)
    }
  }

  func fail(_ reason: String) {
    state.withLock { state in
      guard state.failure == nil else { return }
      state.failure = reason
      state.isFailureNew = true
      allowance.store(0, ordering: .relaxed)
    }
  }

  /// The reason of a failure that was not taken before.
  func takeFailure() -> String? {
    state.withLock { state in
      guard state.isFailureNew else { return nil }
      state.isFailureNew = false
      return state.failure
    }
  }
}
