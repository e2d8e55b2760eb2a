import ArgumentParser
import ClientCore

/// Kafka's `acks`.
enum AcknowledgementArgument: String, ExpressibleByArgument, CaseIterable {
  case leader = "1"
  case all

  /// Sets what goes with it: idempotence needs the acknowledgement of all.
  func apply(to options: inout ProducerOptions) {
    options.acknowledgement = self == .all ? .all : .leader
    options.isIdempotent = self == .all
  }
}
