import Base
import KafkaProtocol
import LogStore
import Synchronization

/// One partition that this broker leads: its log, who waits for it, and how it is synced. May be used from any thread;
/// its lock is held for one step and one append.
///
/// The high watermark, which consumers see up to, is the end of the log where `flush` is `os`, and what is synced where
/// it is `ack`. There are no other replicas yet to wait for.
public final class Partition<Files: FileSystem>: Sendable {
  /// Whether its sync is asked for or under way, so that however many ask while one runs, the next answers them all.
  enum SyncPhase {
    case idle, queued, running, runningAndAsked
  }

  struct State: Sendable {
    var log: PartitionLog<Files>
    /// `flush: ack`
    var syncsBeforeAcknowledging: Bool
    var flush: FlushPolicy
    var syncPhase = SyncPhase.idle
    var durableWaiters: [DurableWaiter<Files>] = []
    /// Fetches that want more than there is. Each is in it once.
    var fetchWaiters: [RequestID] = []
    var isDeleted = false
    /// Up to where the log is compacted.
    var cleanOffset: Int64
    /// What consumers saw before `flush` became `ack`; the high watermark does not go back behind it.
    var seenByConsumers: Int64 = 0

    var highWatermark: Int64 {
      syncsBeforeAcknowledging ? max(seenByConsumers, log.durableEndOffset) : log.logEndOffset
    }
  }

  public let id: TopicPartition
  public let topicID: UUID
  public let leaderID: Int32
  /// Of this broker's leadership.
  public let leaderEpoch: Int32
  /// Where its log lies.
  public let directory: LogDirectory
  /// False when what lies in its place belongs to something else, and stays when it is deleted.
  let ownsFiles: Bool
  let state: Mutex<State>
  /// Held by whoever mends a segment of its log.
  let mendingTurn = Mutex(())

  init(
    _ id: TopicPartition, topicID: UUID, leaderID: Int32, leaderEpoch: Int32, directory: LogDirectory,
    log: PartitionLog<Files>, cleanOffset: Int64 = 0, ownsFiles: Bool = true, configuration: TopicConfiguration
  ) {
    self.id = id
    self.topicID = topicID
    self.leaderID = leaderID
    self.leaderEpoch = leaderEpoch
    self.directory = directory
    self.ownsFiles = ownsFiles
    state = Mutex(
      State(
        log: log, syncsBeforeAcknowledging: configuration.syncsBeforeAcknowledging, flush: FlushPolicy(configuration),
        cleanOffset: cleanOffset))
  }

  /// The offsets there are, for readers.
  public var offsets: (logStart: Int64, highWatermark: Int64, logEnd: Int64) {
    state.withLock { ($0.log.logStartOffset, $0.highWatermark, $0.log.logEndOffset) }
  }

  /// Bytes of its log.
  public var size: Int64 { state.withLock { $0.log.size } }

  var isDeleted: Bool { state.withLock { $0.isDeleted } }

  /// Whether its log takes no more calls.
  var isOffline: Bool { state.withLock { $0.log.failure != nil } }

  /// Changed settings count from now on.
  func configure(_ configuration: TopicConfiguration, effects: inout [BrokerEffect<Files>]) {
    state.withLock { state in
      state.log.configuration = configuration.log
      let before = state.highWatermark
      state.seenByConsumers = before
      state.syncsBeforeAcknowledging = configuration.syncsBeforeAcknowledging
      state.flush.configure(configuration)
      if state.log.needsSync { requestSync(&state, &effects) }
      wake(&state, from: before, &effects)
    }
  }

  /// Tells those who wait what the high watermark's way from `before` means for them.
  func wake(_ state: inout State, from before: Int64, _ effects: inout [BrokerEffect<Files>]) {
    guard state.highWatermark > before else { return }
    wakeFetches(&state, &effects)
    wakeDurable(&state, &effects)
  }

  func wakeFetches(_ state: inout State, _ effects: inout [BrokerEffect<Files>]) {
    guard !state.fetchWaiters.isEmpty else { return }
    for request in state.fetchWaiters { effects.append(.deliver(request, .wake)) }
    state.fetchWaiters.removeAll(keepingCapacity: true)
  }

  private func wakeDurable(_ state: inout State, _ effects: inout [BrokerEffect<Files>]) {
    guard !state.durableWaiters.isEmpty else { return }
    let mark = state.highWatermark
    var areGroupsTold = false
    // They came in the order of their offsets, but for duplicates of what is not durable yet.
    state.durableWaiters.removeAll { waiter in
      guard waiter.offset < mark else { return false }
      if case .groups = waiter.party {
        // One call is enough for all that its coordinator wrote.
        if areGroupsTold { return true }
        areGroupsTold = true
      }
      effects.append(waiter.effect)
      return true
    }
  }

  /// Everybody who waits learns that there is nothing to wait for.
  func wakeAll(_ state: inout State, _ effects: inout [BrokerEffect<Files>]) {
    wakeFetches(&state, &effects)
    for waiter in state.durableWaiters { effects.append(waiter.effect) }
    state.durableWaiters = []
  }
}
