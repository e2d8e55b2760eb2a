import ArgumentParser
import Daemon

/// A command that ends in order when it is told to, instead of at once.
protocol ObeysSignals: ParsableCommand {}

enum ProcessSignals {
  /// Holds signals back from its first use on, which has to be in `main`.
  static let waiter = SignalWaiter.block()
}
