import Base
import ClientCore
import Configuration
import Daemon
import DiskIO
import Glibc
import NIOPosix
import SinkCore

/// `splashdam-sink` from its configuration file to its exit status.
public struct SinkProgram: Sendable {
  public static let name = "splashdam-sink"

  private let configuration: SinkConfiguration
  private let log: Log

  /// Reads the configuration; ends the process when that is not possible.
  public init(configurationPath path: String) {
    let document: ConfigurationDocument
    do throws(ConfigurationError) {
      document = try ConfigurationDocument.load(path: path)
      configuration = try SinkConfiguration(reading: document)
    } catch {
      ExitStatus.configuration.exit(program: Self.name, because: error.description)
    }
    log = Log.standardError(level: configuration.logLevel)
    for (name, nearest) in document.environment.unusedVariables() {
      let hint = nearest.map { "; did you mean \($0)?" } ?? ""
      log.warning("environment variable \(name) means nothing to the sink\(hint)")
    }
  }

  /// Runs until a signal ends it. `signals` were blocked before any thread began.
  public func run(_ signals: SignalWaiter) async -> ExitStatus {
    let notifier = SystemdNotifier(log: log)
    let stopFlag = StopFlag()
    switch configuration.output {
    case .stdout(let format):
      let stream = StandardOutput(stopFlag: stopFlag, notifier: notifier)
      let output = StreamSink(format: format, bufferSize: configuration.bufferSize) {
        bytes, written throws(FileError) in try stream.write(bytes, &written)
      }
      return await run(output, signals, stopFlag, notifier)
    case .file(let settings):
      let lock = lockState(settings.stateDirectory)
      defer { withExtendedLifetime(lock) {} }
      raiseOpenFileLimit()
      do throws(SinkStateError) {
        let output = try FileSink(settings: settings, files: RealFileSystem())
        return await run(output, signals, stopFlag, notifier)
      } catch {
        ExitStatus.inputOutput.exit(program: Self.name, because: error.description)
      }
    }
  }

  private func lockState(_ directory: String) -> DirectoryLock {
    do throws(FileError) {
      try RealFileSystem().createDirectory(directory)
      return try DirectoryLock(directory)
    } catch {
      let status: ExitStatus = error.isPermissionDenied ? .noPermission : error.isLocked ? .unavailable : .inputOutput
      status.exit(program: Self.name, because: "state_dir: \(error)")
    }
  }

  private func run<Output: SinkOutput>(
    _ output: Output, _ signals: SignalWaiter, _ stopFlag: StopFlag, _ notifier: SystemdNotifier
  ) async -> ExitStatus {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let worker = SinkWorker(
      output: output, options: WorkerOptions(flushInterval: configuration.flushInterval), eventLoop: group.next(),
      stopFlag: stopFlag, log: log, notifier: notifier)
    signals.start { signal in
      // There is nothing to reload; a terminal that goes away is no reason to end.
      guard signal != .hangUp else { return }
      if stopFlag.isSet { _exit(ExitStatus.failure.rawValue) }
      notifier.stopping("writing and committing what was read")
      stopFlag.set()
      Task { await worker.stop() }
      endInTime()
    }
    log.notice(
      "started",
      [
        "brokers": configuration.brokers.map(\.description).joined(separator: ","),
        "group": configuration.group.group, "topics": configuration.group.topics.joined(separator: ","),
      ])
    notifier.ready("reading \(configuration.group.topics.joined(separator: ", "))")
    var status = ExitStatus.success
    do throws(ClientError) {
      try await worker.run { [configuration, log] listener in
        KafkaSinkConsumer(configuration, log: log, listener: listener)
      }
    } catch {
      log.error("cannot go on", ["reason": error])
      status = .failure
    }
    // It may have ended by itself.
    if !stopFlag.isSet { await worker.stop() }
    if await !worker.finish() { status = .inputOutput }
    log.notice("stopped")
    return status
  }

  /// A broker or a disk that is away does not keep the process: what is written is in the checkpoint, the rest is read
  /// again by the next start.
  private func endInTime() {
    Task { [configuration, log] in
      try await Task.sleep(for: .milliseconds(configuration.stopTimeout))
      log.warning(
        "ended without the group's leave; the next start goes on from the checkpoint",
        ["after_ms": configuration.stopTimeout])
      Glibc.exit(ExitStatus.success.rawValue)
    }
  }
}
