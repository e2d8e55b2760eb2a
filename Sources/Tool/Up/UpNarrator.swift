import Daemon
import Supervisor

/// Tells a person on a terminal how `splashdam up` goes.
public struct UpNarrator: Sendable {
  private let plan: UpPlan
  private let names: [String]
  private let terminal: Terminal

  public init(_ plan: UpPlan, terminal: Terminal) {
    self.plan = plan
    names = plan.programs.map(\.name)
    self.terminal = terminal
  }

  /// What is said before anything starts.
  public var introduction: [String] {
    let files = plan.files.isEmpty ? nil : plan.files.joined(separator: " ")
    let sources = [plan.includesJournal ? "this machine's journal" : nil, files].compactMap { $0 }
    return [
      styled("broker on \(plan.brokerAddress), data under \(plan.stateDirectory)"),
      styled("following \(sources.joined(separator: " and ")); Ctrl-C ends"),
    ]
  }

  public func lines(for report: SupervisorShell.Report) -> [String] {
    switch report.notice {
    case .notReadyInTime(let part):
      return [styled("the \(names[part]) is still not ready; starting the others, which wait for it")]
    case .allReady: return [styled("all parts are ready")]
    case .ending: return [styled("ending; Ctrl-C again kills")]
    case .killingAll: return [styled("killing all parts")]
    case .killedAfterWaiting(let part):
      return [failure("the \(names[part]) does not end by itself and is killed; \(kept)")]
    case .notStarted(let part, let reason):
      return [failure("the \(names[part]) cannot be started: \(reason); ending the others"), styled(kept)]
    case .died(let part, let end):
      return [failure("the \(names[part]) \(end), although nobody asked it to; ending the others")]
        + lastLines(report, part) + [styled(kept)]
    case .endedBadly(let part, let end):
      return [failure("the \(names[part]) \(end) when it was asked to end")] + lastLines(report, part) + [styled(kept)]
    }
  }

  /// What is said at the very end.
  public func conclusion(status: Int32) -> String {
    status == 0
      ? styled("ended; the next run continues here, with what is under \(plan.stateDirectory)")
      : failure("ended with status \(status)")
  }

  private var kept: String {
    "what was collected so far is kept under \(plan.stateDirectory); the next run continues there"
  }

  private func lastLines(_ report: SupervisorShell.Report, _ part: Int) -> [String] {
    report.recentLines.isEmpty
      ? [styled("it printed nothing before")]
      : [styled("its last lines:")] + report.recentLines.map { "    " + $0 }
  }

  private func styled(_ text: String) -> String { terminal.styled("splashdam:", "1") + " " + text }

  private func failure(_ text: String) -> String {
    terminal.styled("splashdam:", "1") + " " + terminal.styled(text, "31")
  }
}
