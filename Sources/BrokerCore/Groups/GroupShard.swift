import Base
import Coordination
import KafkaProtocol
import LogStore
import Records
import Synchronization

/// The coordinator of one partition of `__consumer_offsets`, with the log it writes and those who wait for it. May be
/// used from any thread; its lock is held for one step and the appends that come of it.
public final class GroupShard<Files: FileSystem>: Sendable {
  /// A request that waits for the coordinator.
  struct Waiter {
    let request: RequestID
    /// What it is told when the broker stops before others have done what it waits for; nil where it waits for a disk
    /// alone, which it may.
    let refusal: GroupReply?
    /// Makes the frame of an answer; nil while others have to be answered first.
    let respond: @Sendable (GroupReply) throws(ProtocolError) -> EncodedFrame?
  }

  /// What becomes of a request.
  struct Answer {
    let request: RequestID
    let delivery: Delivery<Files>
  }

  /// Records that are not known to be durable yet.
  struct Append {
    /// What the coordinator calls it.
    let token: UInt64
    let lastOffset: Int64
  }

  struct State {
    var coordinator: GroupCoordinator
    var waiters: [GroupRequestID: Waiter] = [:]
    var lastRequest: UInt64 = 0
    /// In the order of the log.
    var appends: [Append] = []
    var builder = RecordBatchBuilder()
    let compressor = Compressor()
    /// Topics that are gone, whose offsets have not been forgotten yet.
    var deletedTopics: Set<String> = []
    /// The loop that acted last.
    var loop = 0
    /// The time at which a loop has promised to call.
    var scheduled: Int64 = .max

    /// Remembers who is to be answered.
    mutating func enlist(_ waiter: Waiter) -> GroupRequestID {
      lastRequest += 1
      let id = GroupRequestID(rawValue: lastRequest)
      waiters[id] = waiter
      return id
    }
  }

  /// What an action led to.
  struct Outcome {
    var answers: [Answer] = []
    /// Monotonic time by which somebody has to call `GroupShard.act` again; nil when somebody else has promised that.
    var deadline: Int64?
  }

  let partition: Partition<Files>
  let batchByteLimit: Int
  let topics: TopicRegistry<Files>
  /// False where its log could not be read: what groups there are is unknown.
  let isAvailable: Bool
  let state: Mutex<State>

  /// - Parameter deletedTopics: topics that are gone and may have offsets still.
  init(
    partition: Partition<Files>, coordinator: GroupCoordinator, batchByteLimit: Int, topics: TopicRegistry<Files>,
    deletedTopics: Set<String>
  ) {
    self.topics = topics
    self.partition = partition
    self.batchByteLimit = batchByteLimit
    isAvailable = true
    state = Mutex(State(coordinator: coordinator, deletedTopics: deletedTopics))
  }

  /// One that stands in the place of a coordinator whose log could not be read.
  init(
    unavailable partition: Partition<Files>, settings: BrokerSettings, topics: TopicRegistry<Files>, now: Moment,
    random: SeededRandom
  ) {
    self.partition = partition
    self.topics = topics
    batchByteLimit = 0
    isAvailable = false
    state = Mutex(
      State(
        coordinator: GroupCoordinator(
          partition: partition.id.partition, configuration: GroupConfiguration(settings), now: now, random: random)))
  }

  /// Has the offsets of a topic forgotten that was just deleted, and before anybody can create it anew.
  func forgetOffsets(ofTopic name: String, effects: inout [BrokerEffect<Files>]) {
    state.withLock { state in
      state.deletedTopics.insert(name)
      effects.append(.resumeGroups(self, loop: state.loop))
    }
  }

  /// Refuses the requests that wait for other members of their groups.
  func refuseWaiters() -> Outcome {
    state.withLock { state in
      var outcome = Outcome()
      for (id, waiter) in state.waiters.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        guard let refusal = waiter.refusal else { continue }
        state.waiters[id] = nil
        outcome.answer(waiter, refusal)
      }
      return outcome
    }
  }

  /// What can be told without writing anything.
  func read<Result>(_ body: (GroupCoordinator) -> Result) -> Result {
    state.withLock { body($0.coordinator) }
  }
}
