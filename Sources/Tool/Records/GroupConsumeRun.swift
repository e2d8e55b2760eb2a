import Base
import ClientCore
import ClientRuntime
import Daemon

/// Prints records of topics as a member of a group, and commits what was printed. Ends when its task is cancelled.
public struct GroupConsumeRun: Sendable {
  /// How long nothing comes before it is taken for the end.
  private static let quietMilliseconds: Int64 = 2000
  private static let commitIntervalNanoseconds: Int64 = 1_000_000_000

  public var options: GroupOptions
  /// Whether to wait for what comes later.
  public var follows = false

  public init(_ options: GroupOptions) {
    self.options = options
  }

  /// Returns when the printer has enough and, unless it follows, when nothing comes for a while from the partitions
  /// that the group assigned.
  public func run(_ cluster: Cluster, printer: inout RecordPrinter) async throws(ToolFailure) {
    try await expectTopics(cluster.admin)
    let progress = GroupProgress()
    let consumer = GroupConsumer(cluster.client, options: options, listener: progress)
    progress.commits { offsets throws(ClientError) in try await consumer.commit(offsets) }
    var failure: ToolFailure?
    do throws(ToolFailure) {
      var lastCommit = systemClock().monotonic
      reading: while !printer.isDone {
        // Quiet before the group assigned anything means nothing.
        let wasAssigned = progress.isAssigned
        let event = try await orFail { () throws(ClientError) in
          try await consumer.next(waitingAtMost: Self.quietMilliseconds)
        }
        guard let event else { break }
        switch event {
        case .records(let run): progress.printed(run.partition, upTo: try printer.write(run))
        case .offsetsLost(let lost): StandardOutput.tell("splashdam: \(lost)")
        case .idle: if wasAssigned, !follows { break reading }
        }
        let now = systemClock().monotonic
        if now &- lastCommit >= Self.commitIntervalNanoseconds {
          lastCommit = now
          await progress.commit()
        }
      }
    } catch {
      failure = error
    }
    await progress.commit()
    await consumer.close()
    if let failure { throw failure }
  }

  /// Whoever follows may wait for a topic to come, and should know that; all others would wait in vain.
  private func expectTopics(_ admin: Admin) async throws(ToolFailure) {
    let described = try await orFail { () throws(ClientError) in try await admin.describeTopics(options.topics) }
    for topic in options.topics {
      guard case .failure(let error) = described[topic] else { continue }
      guard follows, Self.isAbsence(error) else { throw ToolFailure(error) }
      StandardOutput.tell("splashdam: there is no topic \(topic) yet; waiting for it")
    }
  }

  /// Kept a function of its own because the optimizer of Swift 6.3.1 fails on it within `expectTopics`.
  @inline(never)
  private static func isAbsence(_ error: ClientError) -> Bool { error.code == .unknownTopicOrPartition }
}
