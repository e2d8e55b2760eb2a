import Base
import LogStore

/// How a broker lives with disks that fill up and fail.
extension Broker {
  /// Looks at the room of every disk, keeps to the disk budget, and takes the partitions of a directory that has failed
  /// offline. Every `log.disk.check.interval.ms`. Blocks.
  public func checkStorage(now: Moment, effects: inout [BrokerEffect<Files>]) {
    keepToBudget(directories.map { space(of: $0) }, now: now, &effects)
    let reserve = settings.diskReserveBytes
    for directory in directories {
      if let space = space(of: directory) {
        report(directory.observe(space, reserve: reserve), of: directory, &effects)
      }
      if let reason = directory.takeFailure() { takeOffline(directory, reason, &effects) }
    }
  }

  /// nil where the disk does not answer, by which the directory has failed.
  private func space(of directory: LogDirectory) -> DiskSpace? {
    guard directory.failure == nil else { return nil }
    do throws(FileError) {
      return try files.space(directory.path)
    } catch {
      directory.fail(error.description)
      return nil
    }
  }

  private func report(
    _ change: DiskRoom.Change?, of directory: LogDirectory, _ effects: inout [BrokerEffect<Files>]
  ) {
    switch change {
    case .full:
      effects.append(
        .warning(
          key: "full \(directory.path)",
          message: "records are refused from now on: \(directory.refusal); everything else goes on"))
    case .roomAgain:
      effects.append(
        .notice(
          key: "room \(directory.path)",
          message: "there is room on the disk of \(directory.path) again; records are taken"))
    case nil: break
    }
  }

  private func takeOffline(_ directory: LogDirectory, _ reason: String, _ effects: inout [BrokerEffect<Files>]) {
    var count = 0
    topics.forEach { topic in
      for partition in topic.partitions where partition.directory === directory {
        if partition.takeOffline("its directory \(directory.path) has failed: \(reason)", &effects) { count += 1 }
      }
    }
    effects.append(
      .warning(
        key: "failed \(directory.path)",
        message:
          "the directory \(directory.path) has failed: \(reason); its \(count) partitions are offline until the disk "
          + "is mended and the broker restarted"))
  }
}
