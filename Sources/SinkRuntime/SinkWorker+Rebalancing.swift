import Base
import ClientCore
import ClientRuntime
import SinkCore

extension SinkWorker: RebalanceListener {
  package func assigned(_ assigned: [TopicPartition]) async -> [TopicPartition: Int64] {
    let origins = await origins(of: assigned)
    var starts: [TopicPartition: Int64] = [:]
    for partition in assigned {
      guard let origin = origins[partition] else { continue }
      let start = output.assign(partition, topicID: origin.topicID, committed: origin.committed)
      starts[partition] = start ?? origin.start
      if start == nil { output.relocate(partition, to: origin.start) }
      partitions.insert(partition)
    }
    logNotices()
    log.notice(
      "partitions assigned",
      [
        "partitions": assigned.map(\.description).sorted().joined(separator: ","),
        "starts": assigned.map { starts[$0].map(\.description) ?? "?" }.joined(separator: ","),
      ])
    return starts
  }

  /// Asks until there is an answer: without it nobody knows where to begin.
  private func origins(of partitions: [TopicPartition]) async -> [TopicPartition: PartitionOrigin] {
    while let consumer, !stopFlag.isSet {
      do throws(ClientError) {
        return try await consumer.origins(of: partitions)
      } catch {
        log.limited("origins", everySeconds: 10)?.warning("cannot tell where to begin", ["reason": error])
      }
      do {
        try await Task.sleep(for: .milliseconds(options.retryInterval))
      } catch {
        break
      }
    }
    return [:]
  }

  package func revoked(_ revoked: [TopicPartition]) async {
    var tries = 0
    while output.hasPending, !flush() {
      tries += 1
      if tries >= Self.revocationTries || failure != nil {
        log.warning("partitions are given up with records unwritten; whoever has them next reads these again")
        discard(givingUp: revoked)
        break
      }
      do {
        try await Task.sleep(for: .milliseconds(options.retryInterval))
      } catch {
        continue
      }
    }
    await commitAndWait()
    release(revoked, "given up")
  }

  package func lost(_ lost: [TopicPartition]) async {
    discard(givingUp: lost)
    release(lost, "lost")
  }

  private func release(_ released: [TopicPartition], _ how: String) {
    output.release(released)
    partitions.subtract(released)
    log.notice("partitions \(how)", ["partitions": released.map(\.description).sorted().joined(separator: ",")])
  }
}
