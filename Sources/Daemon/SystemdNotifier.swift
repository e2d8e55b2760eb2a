import CSystemd
import Glibc

/// Tells the service manager how this process is doing (sd_notify(3)). Without a service manager each call does
/// nothing. Usable from any thread.
public struct SystemdNotifier: Sendable {
  /// Milliseconds within which `keepAlive` must come; nil when no watchdog is set. Call it twice as often.
  public let watchdogInterval: Int64?
  private let log: Log

  /// `log` receives what goes wrong.
  public init(log: Log) {
    self.log = log
    var microseconds: UInt64 = 0
    let result = sd_watchdog_enabled(0, &microseconds)
    if result < 0 {
      log.warning("cannot tell whether systemd watches this process", ["reason": String(cString: strerror(-result))])
    }
    watchdogInterval = result > 0 ? Int64(clamping: microseconds / 1000) : nil
  }

  /// Everything is up: `systemctl start` returns now.
  public func ready(_ status: String) { send("READY=1\nSTATUS=\(status)") }

  /// The end has begun.
  public func stopping(_ status: String) { send("STOPPING=1\nSTATUS=\(status)") }

  /// One line for `systemctl status`.
  public func status(_ status: String) { send("STATUS=\(status)") }

  /// A sign of life for the watchdog.
  public func keepAlive() { send("WATCHDOG=1") }

  private func send(_ state: String) {
    let result = sd_notify(0, state)
    if result < 0 {
      log.limited("sd_notify", everySeconds: 60)?.warning(
        "cannot notify systemd", ["state": state, "reason": String(cString: strerror(-result))])
    }
  }
}
