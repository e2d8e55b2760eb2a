import Base
import Daemon
import Glibc

/// Runs programs as `Supervision` decides: owns their processes and pipes, hears their readiness, obeys signals.
///
/// No program outlives the supervisor, not even when that is killed with SIGKILL: the kernel sends each one SIGTERM
/// when the thread that runs this ends.
public final class SupervisorShell {
  /// A notice and what a person needs to understand it.
  public struct Report: Sendable {
    public var notice: SupervisionNotice
    /// The last lines of the part concerned.
    public var recentLines: [String] = []
  }

  private struct Running {
    var process: ChildProcess
    var readiness: ReadinessSocket
    var relays: [OutputRelay]
  }

  private enum EndRequest: UInt8 {
    /// By a person or a service manager, who may insist.
    case insisting
    /// Because nobody is there any more to show anything to.
    case once
  }

  private static let drainMilliseconds: Int32 = 1000

  private let programs: [ChildProgram]
  private let report: (Report) -> Void
  private var supervision: Supervision
  private var running: [Int: Running] = [:]
  private var effects: [SupervisionEffect] = []
  private var recentLines: [Int: [String]] = [:]
  /// One `EndRequest` a byte.
  private let requests: Pipe
  private let turn = OutputRelay.Turn()

  /// The first of the programs is what the others need. `endingOrder` holds the number of each once.
  public init(
    _ programs: [ChildProgram], endingOrder: [Int], report: @escaping (Report) -> Void
  ) throws(SupervisorError) {
    self.programs = programs
    self.report = report
    supervision = Supervision(endingOrder: endingOrder)
    requests = try Pipe()
  }

  deinit {
    requests.closeBoth()
  }

  /// Runs until nothing runs any more; returns the status to exit with. The calling thread must not end before.
  /// `signals` are obeyed from now on for the rest of this process's life.
  public func run(signals: SignalWaiter) -> Int32 {
    let requests = requests
    signals.start { signal in
      Self.send(signal == .hangUp ? .once : .insisting, to: requests)
    }
    effects += supervision.begin(now: systemClock().monotonic)
    while true {
      if let status = carryOutEffects() { return status }
      waitForEvents()
    }
  }

  private static func send(_ request: EndRequest, to requests: Pipe) {
    withUnsafeBytes(of: request.rawValue) { _ = writeWhole($0, to: requests.writeEnd) }
  }

  private func carryOutEffects() -> Int32? {
    while !effects.isEmpty {
      switch effects.removeFirst() {
      case .start(let part): start(part)
      case .terminate(let part): running[part]?.process.send(SIGTERM)
      case .kill(let part): running[part]?.process.send(SIGKILL)
      case .announce(let notice): report(Report(notice: notice, recentLines: recentLines(for: notice)))
      case .finish(let status): return status
      }
    }
    return nil
  }

  private func recentLines(for notice: SupervisionNotice) -> [String] {
    switch notice {
    case .died(let part, _), .endedBadly(let part, _): recentLines[part] ?? []
    default: []
    }
  }

  private func start(_ part: Int) {
    do throws(SupervisorError) {
      running[part] = try launch(programs[part])
    } catch {
      effects += supervision.partNotStarted(part, reason: error.description, now: systemClock().monotonic)
    }
  }

  private func launch(_ program: ChildProgram) throws(SupervisorError) -> Running {
    let readiness = try ReadinessSocket(program.name)
    let process: ChildProcess
    do throws(SupervisorError) {
      process = try ChildProcess(program, environment: ["NOTIFY_SOCKET": readiness.name])
    } catch {
      readiness.close()
      throw error
    }
    let output = program.output == .standardOutput ? STDOUT_FILENO : STDERR_FILENO
    let requests = requests
    do throws(SupervisorError) {
      let relays = [
        try OutputRelay(
          process.output, to: output, prefixer: prefixer(program, output), turn: turn,
          outputLost: { Self.send(.once, to: requests) }),
        try OutputRelay(
          process.errors, to: STDERR_FILENO, prefixer: prefixer(program, STDERR_FILENO), turn: turn, outputLost: {}),
      ]
      return Running(process: process, readiness: readiness, relays: relays)
    } catch {
      process.send(SIGKILL)
      _ = process.collect()
      readiness.close()
      throw error
    }
  }

  private func prefixer(_ program: ChildProgram, _ descriptor: Int32) -> LinePrefixer {
    let terminal = Terminal(descriptor: descriptor)
    let width = programs.map(\.name.utf8.count).max() ?? 0
    let name = program.name + String(repeating: " ", count: width - program.name.utf8.count)
    return LinePrefixer(
      prefix: terminal.styled("\(name) |", "\(program.colour)") + " ", forTerminal: terminal.isTerminal)
  }

  private func waitForEvents() {
    let parts = running.keys.sorted()
    var descriptors = [pollfd(fd: requests.readEnd, events: Int16(POLLIN), revents: 0)]
    for part in parts {
      guard let running = running[part] else { continue }
      descriptors.append(pollfd(fd: running.process.descriptor, events: Int16(POLLIN), revents: 0))
      descriptors.append(pollfd(fd: running.readiness.descriptor, events: Int16(POLLIN), revents: 0))
    }
    _ = poll(&descriptors, nfds_t(descriptors.count), patience())
    if descriptors[0].revents != 0 { takeRequests() }
    for (index, part) in parts.enumerated() {
      if descriptors[2 + 2 * index].revents != 0, running[part]?.readiness.receivesReadiness() == true {
        effects += supervision.partIsReady(part)
      }
      if descriptors[1 + 2 * index].revents != 0 { collect(part) }
    }
    effects += supervision.timePassed(now: systemClock().monotonic)
  }

  /// Milliseconds until the next deadline, rounded up; -1 for ever.
  private func patience() -> Int32 {
    guard let deadline = supervision.deadline else { return -1 }
    let nanoseconds = max(0, deadline &- systemClock().monotonic)
    return Int32(clamping: nanoseconds / 1_000_000 + 1)
  }

  private func takeRequests() {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = read(requests.readEnd, &bytes, bytes.count)
    for byte in bytes.prefix(max(0, count)) {
      effects += supervision.endRequested(
        insisting: byte == EndRequest.insisting.rawValue, now: systemClock().monotonic)
    }
  }

  private func collect(_ part: Int) {
    guard let ended = running.removeValue(forKey: part) else { return }
    let end = ended.process.collect()
    ended.readiness.close()
    for relay in ended.relays { relay.waitUntilFinished(milliseconds: Self.drainMilliseconds) }
    recentLines[part] = ended.relays.last?.recentLines
    effects += supervision.partEnded(part, end, now: systemClock().monotonic)
  }
}
