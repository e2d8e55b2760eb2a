import ClientCore
import Synchronization

/// Gathers what becomes of records.
final class DeliveryCollector: Sendable {
  private let state = Mutex<[Delivery]>([])

  func take(_ deliveries: [Delivery]) {
    state.withLock { $0 += deliveries }
  }

  var deliveries: [Delivery] { state.withLock { $0 } }

  /// Tokens of acknowledged records, in the order they were told.
  var acknowledged: [UInt64] {
    deliveries.flatMap { delivery -> [UInt64] in
      if case .success = delivery.result { delivery.tokens } else { [] }
    }
  }

  var failures: [ClientError] {
    deliveries.compactMap { delivery -> ClientError? in
      if case .failure(let error) = delivery.result { error } else { nil }
    }
  }
}
