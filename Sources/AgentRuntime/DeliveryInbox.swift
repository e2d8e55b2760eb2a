import AgentCore
import Synchronization

/// What other threads have to say to the agent's: deliveries, room in the producer, the end. They do not wake it for a
/// delivery alone: it looks now and then while any is outstanding.
package final class DeliveryInbox: Sendable {
  struct Settlement: Sendable, Equatable {
    var token: DeliveryToken
    var count: Int
    var outcome: DeliveryOutcome
  }

  private struct State {
    var settlements: [Settlement] = []
    var stops = 0
    var isClosed = false
  }

  private let state = Mutex(State())
  package let wakeup: Wakeup

  package init(wakeup: Wakeup) {
    self.wakeup = wakeup
  }

  /// Settles records with these tokens, all in the same way.
  package func settle(_ tokens: [UInt64], _ outcome: DeliveryOutcome) {
    state.withLock { state in
      for token in tokens {
        if let last = state.settlements.indices.last, state.settlements[last].token.rawValue == token,
          state.settlements[last].outcome == outcome
        {
          state.settlements[last].count += 1
        } else {
          state.settlements.append(Settlement(token: DeliveryToken(rawValue: token), count: 1, outcome: outcome))
        }
      }
    }
  }

  /// Takes out all that was settled since the last time.
  func takeSettlements() -> [Settlement] {
    state.withLock { state in
      defer { state.settlements = [] }
      return state.settlements
    }
  }

  /// Asks the agent to end; asked twice, it waits for nothing any more.
  package func stop() {
    state.withLock { $0.stops += 1 }
    wakeup.wake()
  }

  var isStopping: Bool { state.withLock { $0.stops > 0 } }
  var isImpatient: Bool { state.withLock { $0.stops > 1 } }

  /// Says that the producer is closed: nothing will be settled any more.
  package func noteClosed() {
    state.withLock { $0.isClosed = true }
    wakeup.wake()
  }

  var isClosed: Bool { state.withLock { $0.isClosed } }
}
