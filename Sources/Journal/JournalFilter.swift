/// Which entries of a journal are read.
public struct JournalFilter: Sendable, Hashable {
  enum Step: Sendable, Hashable {
    /// `FIELD=value`. Matches on one field follow each other as alternatives, on several fields all must hold.
    case field(String)
    case or
    case and
  }

  /// The levels of syslog, from the most to the least urgent.
  public static let priorities = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"]

  /// Of these units, as `journalctl --unit`; of all when empty. A name without a suffix is a service's.
  public var units: [String]
  /// At least as urgent as this one of `priorities`, counted from 0; nil for all.
  public var priority: Int?

  public init(units: [String] = [], priority: Int? = nil) {
    self.units = units.map { $0.utf8.contains(UInt8(ascii: ".")) ? $0 : $0 + ".service" }
    self.priority = priority
  }

  /// What a unit wrote itself, what PID 1, its core dumps and other privileged processes said about it: the same that
  /// `journalctl --unit` shows.
  var steps: [Step] {
    var steps: [Step] = []
    for unit in units {
      steps += [
        .field("_SYSTEMD_UNIT=\(unit)"), .or,
        .field("_PID=1"), .field("UNIT=\(unit)"), .or,
        .field("_UID=0"), .field("OBJECT_SYSTEMD_UNIT=\(unit)"), .or,
        .field("MESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1"), .field("_UID=0"), .field("COREDUMP_UNIT=\(unit)"), .or,
      ]
    }
    if let priority {
      if !steps.isEmpty { steps.append(.and) }
      steps += (0...max(0, min(priority, 7))).map { .field("PRIORITY=\($0)") }
    }
    return steps
  }
}
