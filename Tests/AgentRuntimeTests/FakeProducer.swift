import AgentCore
import AgentRuntime
import Base
import Synchronization

/// A producer with a broker in memory: keeps what it is sent, and acknowledges it when the test lets it.
final class FakeProducer: RecordProducer, Sendable {
  struct Record: Sendable, Equatable {
    var path: String
    var text: String
    var token: UInt64
  }

  enum Answer: Sendable {
    /// Acknowledges at once.
    case acknowledge
    /// Keeps records until `release`.
    case hold
    /// Has no room at all: the broker is away and the buffer is full.
    case away
  }

  private struct State {
    var records: [Record] = []
    var answer = Answer.acknowledge
    var held: [UInt64] = []
    var limit = Int.max
    var refused: Set<String> = []
    var failing: Set<String> = []
    var missingTopics: Set<String> = []
    var turnedAway = 0
  }

  private let state = Mutex(State())
  private let inbox: DeliveryInbox

  init(_ inbox: DeliveryInbox, answer: Answer = .acknowledge, limit: Int = .max) {
    self.inbox = inbox
    state.withLock { state in
      state.answer = answer
      state.limit = limit
    }
  }

  var texts: [String] { state.withLock { $0.records.map(\.text) } }
  var records: [Record] { state.withLock { $0.records } }
  /// How often it had no room, or no topic.
  var turnedAway: Int { state.withLock { $0.turnedAway } }
  var heldCount: Int { state.withLock { $0.held.count } }

  /// Values to refuse for good, and values to fail once.
  func refuse(_ values: Set<String>, failing: Set<String> = []) {
    state.withLock { state in
      state.refused = values
      state.failing = failing
    }
  }

  /// Topics it does not know yet; the agent is told when one fewer is missing.
  func miss(_ topics: Set<String>) {
    state.withLock { $0.missingTopics = topics }
    inbox.wakeup.wake()
  }

  func answer(_ answer: Answer) {
    state.withLock { $0.answer = answer }
    inbox.wakeup.wake()
  }

  /// Acknowledges all that is held.
  func release() {
    let held = state.withLock { state in
      defer { state.held = [] }
      return state.held
    }
    inbox.settle(held, .acknowledged)
    inbox.wakeup.wake()
  }

  func send(_ run: RecordRun) -> Taken {
    state.withLock { state in
      var count = 0
      for extent in run.extents {
        let isFull = state.held.count >= state.limit
        if state.missingTopics.contains(run.route.topic) {
          state.turnedAway += 1
          return Taken(count: count, rest: .topicNotReady)
        }
        if case .away = state.answer {
          state.turnedAway += 1
          return Taken(count: count, rest: .full)
        }
        if isFull {
          state.turnedAway += 1
          return Taken(count: count, rest: .full)
        }
        let text = String(decoding: run.value(extent), as: UTF8.self)
        let token = run.token.rawValue
        count += 1
        if state.refused.contains(text) {
          inbox.settle([token], .refused("refused by the test"))
        } else if state.failing.remove(text) != nil {
          inbox.settle([token], .failed("failed by the test"))
        } else {
          state.records.append(Record(path: run.route.name, text: text, token: token))
          if case .hold = state.answer { state.held.append(token) } else { inbox.settle([token], .acknowledged) }
        }
      }
      return Taken(count: count, rest: .none)
    }
  }

  func close(timeoutMilliseconds: Int64, _ done: @escaping @Sendable () -> Void) {
    done()
  }
}
