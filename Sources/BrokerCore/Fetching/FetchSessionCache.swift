import Base
import Synchronization

/// The fetch sessions of all clients: so many, with so many partitions in all. When it is full, sessions unused for two
/// minutes make room; without those, a new client fetches without a session, which costs it bytes only.
final class FetchSessionCache<Files: FileSystem>: Sendable {
  static var partitionLimit: Int { 500_000 }
  static var evictionNanoseconds: Int64 { 120_000_000_000 }

  private struct Entry {
    var session: FetchSession<Files>
    var lastUse: Int64
    var size: Int
  }

  private struct State {
    var entries: [Int32: Entry] = [:]
    var partitionCount = 0
    var random: SeededRandom
  }

  private let limit: Int
  private let state: Mutex<State>

  init(limit: Int, random: SeededRandom) {
    self.limit = limit
    state = Mutex(State(random: random))
  }

  /// nil when there is no room.
  func create(_ targets: [FetchTarget<Files>], usesTopicIDs: Bool, now: Moment) -> FetchSession<Files>? {
    state.withLock { state in
      if state.entries.count >= limit || state.partitionCount + targets.count > Self.partitionLimit {
        Self.evict(&state, now: now)
      }
      guard state.entries.count < limit, state.partitionCount + targets.count <= Self.partitionLimit else { return nil }
      var id: Int32
      repeat { id = Int32.random(in: 1...Int32.max, using: &state.random) } while state.entries[id] != nil
      let session = FetchSession(id: id, usesTopicIDs: usesTopicIDs, targets: targets)
      state.entries[id] = Entry(session: session, lastUse: now.monotonic, size: targets.count)
      state.partitionCount += targets.count
      return session
    }
  }

  private static func evict(_ state: inout State, now: Moment) {
    for (id, entry) in state.entries where now.monotonic - entry.lastUse > evictionNanoseconds {
      state.entries[id] = nil
      state.partitionCount -= entry.size
    }
  }

  func find(_ id: Int32, now: Moment) -> FetchSession<Files>? {
    state.withLock { state in
      state.entries[id]?.lastUse = now.monotonic
      return state.entries[id]?.session
    }
  }

  func remove(_ id: Int32) {
    state.withLock { state in
      if let entry = state.entries.removeValue(forKey: id) { state.partitionCount -= entry.size }
    }
  }

  /// Notes how many partitions a session has now; false when they are too many, and the session is gone.
  func resize(_ id: Int32, to size: Int) -> Bool {
    state.withLock { state in
      guard let entry = state.entries[id] else { return false }
      state.partitionCount += size - entry.size
      state.entries[id]?.size = size
      guard state.partitionCount > Self.partitionLimit else { return true }
      state.entries[id] = nil
      state.partitionCount -= size
      return false
    }
  }
}
