import Base
import ClientCore
import Daemon
import SinkCore

extension SinkWorker {
  /// Commits what is flushed, unless a commit is under way; the next flush comes soon.
  func beginCommit() {
    guard commitInFlight == nil else { return }
    startCommit()
  }

  /// Commits what is flushed and waits for it. One commit follows another: they must not overtake.
  func commitAndWait() async {
    while let commitInFlight { await commitInFlight.value }
    startCommit()
    await commitInFlight?.value
  }

  private func startCommit() {
    commitRetry = nil
    let offsets = output.offsetsToCommit
    guard let consumer, !offsets.isEmpty else { return }
    commitInFlight = Task { await commit(offsets, consumer) }
  }

  private func commit(_ offsets: [TopicPartition: Int64], _ consumer: any SinkConsumer) async {
    do throws(ClientError) {
      try await consumer.commit(offsets)
      output.acknowledge(offsets)
    } catch {
      // Whoever has the partitions next begins where the group is; what is written here is in the checkpoint.
      commitRetry = systemClock().deadline(afterMilliseconds: options.retryInterval)
      log.limited("commit", everySeconds: 10)?.warning("cannot commit", ["reason": error])
    }
    commitInFlight = nil
  }
}
