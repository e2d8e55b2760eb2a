import Base
import BrokerCore
import Daemon
import DiskIO
import LogStore
import MetadataStore
import Synchronization

/// A data directory that this process alone uses, and the broker in it.
struct BrokerStart {
  /// Held for as long as this value lives.
  let lock: DirectoryLock
  let broker: Broker<RealFileSystem>
  /// What the shell has to do first.
  var effects: [Effect] = []

  init(_ table: SettingsTable, log: Log) throws(BrokerExit) {
    let settings = table.settings
    let directory = settings.dataDirectory
    let files = RealFileSystem()
    do throws(FileError) {
      try files.createDirectory(directory)
      lock = try DirectoryLock(directory)
    } catch {
      if error.isLocked {
        throw BrokerExit(
          .unavailable,
          "the data directory \(directory) is used by another broker; stop that one, or choose another with --data")
      }
      throw BrokerExit(error)
    }
    let metadata: EmbeddedMetadataStore<RealFileSystem>
    do throws(MetadataStoreError) {
      metadata = try EmbeddedMetadataStore(directory: "\(directory)/metadata", files: files)
    } catch {
      throw BrokerExit(BrokerStartError(error))
    }
    for note in metadata.mendedFiles { log.warning(note) }
    if metadata.discardedByteCount > 0 {
      log.warning(
        "a change of the metadata that a crash had cut short was removed; it was never acknowledged",
        ["directory": "\(directory)/metadata", "bytes": metadata.discardedByteCount])
    }
    let begun = systemClock()
    let opening: BrokerOpening<RealFileSystem>
    let opened: [OpenedPartition<RealFileSystem>]
    do throws(BrokerStartError) {
      opening = try BrokerOpening(
        dataDirectory: directory, files: files, metadata: metadata, table: table,
        random: SeededRandom(seed: UInt64.random(in: 0...UInt64.max)), bootID: Self.bootID(files))
    } catch {
      throw BrokerExit(error)
    }
    opened = Self.open(opening.partitions, threads: Int(settings.recoveryThreadCount))
    for note in opening.notes { log.warning(note) }
    var truncated: Int64 = 0
    for one in opened {
      if let failure = one.failure { log.error("\(one.partition.id) is offline: \(failure)") }
    }
    for one in opened where !one.recovery.isClean {
      truncated += one.recovery.truncatedBytes
      let name = one.partition.id
      log.warning("\(name) was recovered: \(Self.describe(one.recovery))")
    }
    log.notice(
      opening.wasCleanlyShutDown || opened.isEmpty ? "data opened" : "data recovered after an unclean end",
      [
        "directory": directory, "partitions": opened.count, "cut_bytes": truncated,
        "milliseconds": (systemClock().monotonic - begun.monotonic) / 1_000_000,
      ])
    do throws(BrokerStartError) {
      broker = try opening.finish(opened, now: systemClock(), effects: &effects)
    } catch {
      throw BrokerExit(error)
    }
  }

  /// The kernel's id of this run of the machine (random(4)); nil where it tells none.
  private static func bootID(_ files: RealFileSystem) -> String? {
    do throws(FileError) {
      let file = try LogFile("/proc/sys/kernel/random/boot_id", .read, files: files)
      var text = [UInt8](repeating: 0, count: 64)
      let count = try text.withUnsafeMutableBufferPointer { (buffer) throws(FileError) in
        try files.read(file.handle, at: 0, into: UnsafeMutableRawBufferPointer(buffer))
      }
      let id = text.prefix(count).prefix { $0 > UInt8(ascii: " ") }
      return id.isEmpty ? nil : String(decoding: id, as: UTF8.self)
    } catch {
      // Without it a start after a kill cuts more than it would have to, and says so.
      return nil
    }
  }

  private static func describe(_ report: RecoveryReport) -> String {
    var parts: [String] = []
    if report.truncatedBytes > 0 { parts.append("\(report.truncatedBytes) bytes behind the last whole batch were cut") }
    if !report.removedSegments.isEmpty { parts.append("segments removed: \(report.removedSegments)") }
    parts += report.mendedFiles
    return parts.joined(separator: "; ")
  }

  /// Opens all logs, several at once.
  private static func open(
    _ openings: [PartitionOpening<RealFileSystem>], threads count: Int
  ) -> [OpenedPartition<RealFileSystem>] {
    let collected = OpeningResults()
    let threads = DiskThreads(count: max(1, min(count, openings.count)))
    for opening in openings {
      threads.run { collected.add(opening.open(now: systemClock())) }
    }
    threads.stop()
    return collected.all
  }
}

private final class OpeningResults: Sendable {
  private let opened = Mutex<[OpenedPartition<RealFileSystem>]>([])

  func add(_ one: OpenedPartition<RealFileSystem>) {
    opened.withLock { $0.append(one) }
  }

  var all: [OpenedPartition<RealFileSystem>] { opened.withLock { $0 } }
}
