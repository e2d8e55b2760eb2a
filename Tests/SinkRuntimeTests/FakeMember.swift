import Base
import ClientCore
import ClientRuntime
import SinkRuntime
import Synchronization

/// One member of a `FakeGroup`.
final class FakeMember: SinkConsumer {
  private struct State {
    var positions: [TopicPartition: Int64] = [:]
    var isClosed = false
    var isDead = false
    var turn = 0
  }

  private let group: FakeGroup
  private let listener: any RebalanceListener
  private let state = Mutex(State())

  init(_ group: FakeGroup, _ listener: any RebalanceListener) {
    self.group = group
    self.listener = listener
  }

  /// Records given out so far.
  var delivered: Int64 { state.withLock { $0.positions.values.reduce(0, +) } }

  /// As after `kill -9`: it gets nothing and commits nothing any more.
  func die() { state.withLock { $0.isDead = true } }

  func assign(_ partitions: [TopicPartition]) async {
    let starts = await listener.assigned(partitions)
    state.withLock { state in
      for partition in partitions { state.positions[partition] = starts[partition] ?? 0 }
    }
  }

  func revoke(_ partitions: [TopicPartition]) async {
    state.withLock { state in
      for partition in partitions { state.positions[partition] = nil }
    }
    await listener.revoked(partitions)
  }

  func lose(_ partitions: [TopicPartition]) async {
    state.withLock { state in
      for partition in partitions { state.positions[partition] = nil }
    }
    await listener.lost(partitions)
  }

  func next(waitingAtMost milliseconds: Int64) async throws(ClientError) -> ConsumerEvent? {
    let clock = ContinuousClock()
    let end = clock.now + .milliseconds(milliseconds)
    while !isOver {
      if let event = fetch() { return event }
      if clock.now >= end { return .idle }
      do {
        try await Task.sleep(for: .milliseconds(2))
      } catch {
        return nil
      }
    }
    return nil
  }

  private var isOver: Bool { state.withLock { $0.isClosed || $0.isDead } }

  private func fetch() -> ConsumerEvent? {
    let (positions, turn) = state.withLock { state in
      state.turn += 1
      return (state.positions.sorted { $0.key.partition < $1.key.partition }, state.turn)
    }
    for index in positions.indices {
      let (partition, position) = positions[(index + turn) % positions.count]
      guard let event = group.read(partition, position) else { continue }
      let next: Int64? =
        switch event {
        case .records(let run): run.nextOffset
        case .offsetsLost(let lost): lost.continued
        case .idle: nil
        }
      let isStillWanted = state.withLock { state in
        guard state.positions[partition] == position, let next else { return false }
        state.positions[partition] = next
        return true
      }
      if isStillWanted { return event }
    }
    return nil
  }

  func commit(_ offsets: [TopicPartition: Int64]) async throws(ClientError) {
    let isDead = state.withLock { $0.isDead }
    let isRefused = group.state.withLock { state in
      if isDead { return true }
      if state.commitFailures > 0 {
        state.commitFailures -= 1
        return true
      }
      state.committed.merge(offsets) { $1 }
      state.commits += 1
      return false
    }
    if isRefused { throw ClientError(.refused(.illegalGeneration, message: nil)) }
  }

  func seek(_ partition: TopicPartition, to offset: Int64) {
    state.withLock { state in
      if state.positions[partition] != nil { state.positions[partition] = offset }
    }
  }

  func origins(of partitions: [TopicPartition]) async throws(ClientError) -> [TopicPartition: PartitionOrigin] {
    let committed = group.committed
    return Dictionary(
      uniqueKeysWithValues: partitions.map { partition in
        (
          partition,
          PartitionOrigin(
            topicID: group.topicID, committed: committed[partition], start: committed[partition] ?? 0)
        )
      })
  }

  func close() async {
    let partitions = state.withLock { Array($0.positions.keys) }
    await revoke(partitions)
    state.withLock { $0.isClosed = true }
  }
}
