import Base
import DiskIO
import Glibc
import LogStore
import Synchronization
import Testing

@Suite struct DiskThreadsTests {
  @Test func finishesWhatItTook() {
    let threads = DiskThreads(count: 3)
    let count = Mutex(0)
    for _ in 0..<5000 { threads.run { count.withLock { $0 += 1 } } }
    threads.stop()
    #expect(count.withLock { $0 } == 5000)
    #expect(!threads.run {})
    threads.stop()
  }

  /// A log on a real disk, synced by threads while it is appended to.
  private final class Partition: Sendable {
    let log: Mutex<PartitionLog<RealFileSystem>>
    /// One sync at a time, and what went wrong in them.
    let failures = Mutex<[String]>([])

    init(_ log: PartitionLog<RealFileSystem>) { self.log = Mutex(log) }

    func append(_ batch: [UInt8]) throws {
      var batch = batch
      _ = try log.withLock { (log) throws(LogError) in
        try batch.withUnsafeMutableBufferPointer { (bytes) throws(LogError) in
          try log.append(UnsafeMutableRawBufferPointer(bytes), leaderEpoch: 0, now: 1)
        }
      }
    }

    func sync() {
      failures.withLock { failures in
        do {
          guard let target = try log.withLock({ (log) throws(LogError) in try log.syncTarget() }) else { return }
          try target.run()
          log.withLock { $0.didSync(target) }
        } catch {
          failures.append("\(error)")
        }
      }
    }
  }

  @Test func syncsALogThatIsAppendedTo() throws {
    let directory = TemporaryDirectory()
    let threads = DiskThreads(count: 2)
    var configuration = LogConfiguration()
    configuration.segmentBytes = 20_000
    func open(clean: Bool) throws -> PartitionLog<RealFileSystem> {
      try PartitionLog(
        opening: "\(directory.path)/t-0", configuration: configuration, cache: LogFileCache(files: RealFileSystem()),
        recoveryPoint: 0, logStartOffset: 0, wasCleanlyShutDown: clean, now: 1)
    }
    let partition = Partition(try open(clean: true))
    for _ in 0..<500 {
      try partition.append(Self.batch)
      threads.run { partition.sync() }
    }
    threads.stop()
    #expect(partition.failures.withLock { $0 } == [])
    try partition.log.withLock { log in
      #expect(log.logEndOffset == 500 && log.durableEndOffset == 500 && log.segmentCount > 2)
      try log.close()
    }
    for clean in [true, false] {
      let log = try open(clean: clean)
      #expect(log.logEndOffset == 500 && log.recovery.isClean)
    }
  }

  /// One record of nothing, with its CRC.
  private static let batch: [UInt8] = {
    var bytes = [UInt8](repeating: 0, count: 161)
    bytes[11] = 149
    bytes[16] = 2
    for index in 43..<57 { bytes[index] = 0xFF }
    bytes[60] = 1
    let crc = bytes.withUnsafeBytes { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[21...])) }
    for index in 0..<4 { bytes[17 + index] = UInt8(truncatingIfNeeded: crc >> UInt32(24 - 8 * index)) }
    return bytes
  }()
}
