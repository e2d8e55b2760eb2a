import Base
import BrokerCore
import Configuration
import Daemon
import Glibc

/// The life of a broker process, from its command line to its exit status.
public enum BrokerProgram {
  static let name = "splashdam-broker"

  /// Runs until SIGTERM or SIGINT. `signals` are blocked already.
  public static func run(_ options: BrokerOptions, signals: SignalWaiter) -> Never {
    let log = Log.standardError()
    let table: SettingsTable
    do throws(ConfigurationError) {
      table = try options.table()
    } catch {
      ExitStatus.configuration.exit(program: name, because: error.description)
    }
    raiseOpenFileLimit()
    let broker: RunningBroker
    do throws(BrokerExit) {
      broker = try RunningBroker(table, log: log)
    } catch {
      error.status.exit(program: name, because: error.message)
    }
    let notifier = SystemdNotifier(log: log)
    log.notice("listening", ["address": broker.address])
    notifier.ready("listening on \(broker.address)")
    let end = waitForEnd(signals, notifier)
    log.notice("stopping", ["signal": end])
    notifier.stopping("finishing requests and syncing")
    let isClean = broker.stop()
    log.notice(isClean ? "stopped" : "stopped, but not in order; the next start recovers")
    exit((isClean ? ExitStatus.success : .inputOutput).rawValue)
  }

  /// Returns when nothing is wrong with the settings; ends the process with what is otherwise.
  public static func check(_ options: BrokerOptions) {
    do throws(ConfigurationError) {
      _ = try options.table()
    } catch {
      ExitStatus.configuration.exit(program: name, because: error.description)
    }
  }

  /// Sleeps until a signal says that it is time, with signs of life for the watchdog.
  private static func waitForEnd(_ signals: SignalWaiter, _ notifier: SystemdNotifier) -> String {
    let box = SignalBox()
    signals.start { box.receive($0) }
    let interval = notifier.watchdogInterval.map { max($0 / 2, 1) } ?? 3_600_000
    while true {
      if let signal = box.wait(milliseconds: interval) { return signal }
      notifier.keepAlive()
    }
  }
}
