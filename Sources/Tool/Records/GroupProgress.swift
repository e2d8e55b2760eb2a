import Base
import ClientCore
import ClientRuntime
import Synchronization

/// How far a member has printed and committed.
final class GroupProgress: RebalanceListener {
  typealias Commit = @Sendable ([TopicPartition: Int64]) async throws(ClientError) -> Void

  private struct State {
    var isAssigned = false
    /// Printed and not committed.
    var offsets: [TopicPartition: Int64] = [:]
    var commit: Commit?
  }

  private let state = Mutex(State())

  /// Whether the group ever assigned anything, be it nothing.
  var isAssigned: Bool { state.withLock { $0.isAssigned } }

  func commits(_ commit: @escaping Commit) {
    state.withLock { $0.commit = commit }
  }

  func printed(_ partition: TopicPartition, upTo offset: Int64) {
    state.withLock { $0.offsets[partition] = offset }
  }

  func commit() async {
    let (offsets, commit) = state.withLock { state in
      defer { state.offsets = [:] }
      return (state.offsets, state.commit)
    }
    guard !offsets.isEmpty, let commit else { return }
    do throws(ClientError) {
      try await commit(offsets)
    } catch {
      StandardOutput.tell("splashdam: offsets were not committed, so records may be printed again: \(error)")
    }
  }

  func assigned(_ partitions: [TopicPartition]) async -> [TopicPartition: Int64] {
    state.withLock { $0.isAssigned = true }
    return [:]
  }

  func revoked(_ partitions: [TopicPartition]) async {
    await commit()
  }

  func lost(_ partitions: [TopicPartition]) async {
    state.withLock { state in
      for partition in partitions { state.offsets[partition] = nil }
    }
  }
}
