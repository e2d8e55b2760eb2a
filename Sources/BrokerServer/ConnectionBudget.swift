import BrokerCore
import Synchronization

/// What all connections of a broker together may take: places, places per address, memory. May be used from any thread.
final class ConnectionBudget: Sendable {
  /// Why a connection is not admitted.
  enum Refusal: Sendable {
    case tooMany(limit: Int)
    case tooManyOfAddress(limit: Int)
  }

  /// What connections hold memory for.
  enum Holding: Sendable, Hashable {
    /// The beginning of a request.
    case request
    /// Answers that its client has not taken yet.
    case answer
  }

  private struct State {
    var counters = ConnectionCounters()
    /// Open connections by the address they came from, without its port.
    var addresses: [String: Int] = [:]
  }

  private let limit: Int
  private let addressLimit: Int
  private let byteLimits: [Holding: Int64]
  private let state = Mutex(State())

  /// - Parameter connectionLimit: `max.connections`, or fewer where the process may not open as many files.
  init(_ settings: BrokerSettings, connectionLimit: Int) {
    limit = connectionLimit
    addressLimit = Int(clamping: settings.connectionLimitPerAddress)
    byteLimits = [.request: settings.queuedRequestByteLimit, .answer: settings.queuedResponseByteLimit]
  }

  var counters: ConnectionCounters { state.withLock { $0.counters } }

  /// Takes a place for a connection from `address`; nil when there is one.
  func admit(_ address: String) -> Refusal? {
    state.withLock { state in
      guard state.counters.open < limit else {
        state.counters.refusedByLimit &+= 1
        return .tooMany(limit: limit)
      }
      let count = state.addresses[address, default: 0]
      guard count < addressLimit else {
        state.counters.refusedByAddressLimit &+= 1
        return .tooManyOfAddress(limit: addressLimit)
      }
      state.addresses[address] = count + 1
      state.counters.open += 1
      state.counters.accepted &+= 1
      return nil
    }
  }

  func end(_ address: String) {
    state.withLock { state in
      let count = state.addresses[address, default: 1] - 1
      state.addresses[address] = count > 0 ? count : nil
      state.counters.open -= 1
    }
  }

  /// Notes that so many bytes more, or fewer, are held; false when they are too many.
  func adjust(_ holding: Holding, by change: Int) -> Bool {
    state.withLock { state in
      switch holding {
      case .request: state.counters.requestBytes += Int64(change)
      case .answer: state.counters.answerBytes += Int64(change)
      }
      return change <= 0 || !isExceeded(holding, state.counters)
    }
  }

  func isExceeded(_ holding: Holding) -> Bool {
    state.withLock { isExceeded(holding, $0.counters) }
  }

  private func isExceeded(_ holding: Holding, _ counters: ConnectionCounters) -> Bool {
    let held =
      switch holding {
      case .request: counters.requestBytes
      case .answer: counters.answerBytes
      }
    return held > byteLimits[holding] ?? .max
  }

  func count(_ counter: WritableKeyPath<ConnectionCounters, UInt64> & Sendable) {
    state.withLock { $0.counters[keyPath: counter] &+= 1 }
  }
}
