import Base
import LogStore
import Simulator
import Testing

/// The bytes on disk, held as they are.
@Suite struct FormatTests {
  private let files = VirtualFileSystem()

  private func text(_ path: String) -> String { String(decoding: files.content(path) ?? [], as: UTF8.self) }

  @Test func indexesAndEpochsAreKafkas() throws {
    var configuration = LogConfiguration()
    configuration.indexIntervalBytes = 100
    var log = try TestLog(files: files, configuration: configuration)
    // Batches of 68 bytes: after each second one the next gets an entry.
    for (index, timestamp) in [1000, 5000, 3000, 4000, 6000].enumerated() {
      try log.append(BatchBuilder(recordCount: 2, timestamp: Int64(timestamp)), leaderEpoch: index < 3 ? 0 : 2)
    }
    try log.log.close()
    let base = "/data/t-0/00000000000000000000"
    #expect(files.content(base + ".log")?.count == 5 * 68)
    #expect(files.content(base + ".index") == [0, 0, 0, 5, 0, 0, 0, 136, 0, 0, 0, 9, 0, 0, 1, 16])
    #expect(
      files.content(base + ".timeindex") == [
        0, 0, 0, 0, 0, 0, 0x13, 0x88, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0x17, 0x70, 0, 0, 0, 9,
      ])
    #expect(text("/data/t-0/leader-epoch-checkpoint") == "0\n2\n0 0\n2 6\n")
  }

  @Test func checkpointsAreKafkas() throws {
    try files.createDirectory("/data")
    let offsets = [TopicPartition("b-c", 10): Int64(7), TopicPartition("a", 0): 1 << 40, TopicPartition("b-c", 9): 0]
    try OffsetCheckpoint.write(OffsetCheckpoint.recoveryPoints, offsets, in: "/data", files: files)
    let path = "/data/recovery-point-offset-checkpoint"
    #expect(text(path) == "0\n3\na 0 1099511627776\nb-c 10 7\nb-c 9 0\n")
    func read() throws -> (offsets: [TopicPartition: Int64], isDamaged: Bool) {
      try OffsetCheckpoint.read(OffsetCheckpoint.recoveryPoints, in: "/data", files: files)
    }
    #expect(try read().offsets == offsets)
    #expect(try read().isDamaged == false)
    // A changed digit fits the format, and not the checksum; without one the format is all there is.
    files.setContent(path, Array("0\n3\na 0 1099511627776\nb-c 10 8\nb-c 9 0\n".utf8))
    #expect(try read().isDamaged)
    try files.remove("/data/checkpoint-checksums")
    #expect(try read().offsets[TopicPartition("b-c", 10)] == 8)
    for damaged in [
      "", "0", "0\n0", "1\n0\n", "0\n2\na 0 1\n", "0\n1\na 0 -1\n", "0\n1\na b 1\n", "0\n1\na 0 1", "\n\n\n",
    ] {
      files.setContent(path, Array(damaged.utf8))
      #expect(try read().isDamaged, "\(damaged.debugDescription)")
    }
    files.setContent(path, Array("0\n0\n".utf8))
    #expect(try read().isDamaged == false)
    let missing = try OffsetCheckpoint.read(OffsetCheckpoint.highWatermarks, in: "/data", files: files)
    #expect(missing.offsets.isEmpty && !missing.isDamaged)
  }

  @Test func marksCleanShutdowns() throws {
    try files.createDirectory("/data")
    #expect(try !CleanShutdownMarker.take(in: "/data", files: files))
    try CleanShutdownMarker.write(in: "/data", files: files)
    #expect(text("/data/.kafka_cleanshutdown") == #"{"version":0,"brokerEpoch":-1}"#)
    #expect(try CleanShutdownMarker.take(in: "/data", files: files))
    #expect(try !CleanShutdownMarker.take(in: "/data", files: files))
  }

  @Test func namesTheTopicOfAPartition() throws {
    try files.createDirectory("/data/t-0")
    let id = UUID(high: 0x0123_4567_89AB_4DEF, low: 0x8123_4567_89AB_CDEF)
    try PartitionMetadata.write(id, in: "/data/t-0", files: files)
    #expect(text("/data/t-0/partition.metadata") == "version: 0\ntopic_id: ASNFZ4mrTe-BI0VniavN7w\n")
    #expect(try PartitionMetadata.read(in: "/data/t-0", files: files) == id)
    files.setContent("/data/t-0/partition.metadata", Array("version: 0\ntopic_id: x\n".utf8))
    #expect(try PartitionMetadata.read(in: "/data/t-0", files: files) == nil)
    #expect(try PartitionMetadata.read(in: "/data/u-0", files: files) == nil)
  }

  @Test func namesSegmentsAndDirectories() {
    #expect(SegmentName.file(42, .log) == "00000000000000000042.log")
    #expect(SegmentName.parse("00000000000000000042.timeindex")?.baseOffset == 42)
    for name in ["42.log", "00000000000000000042.txt", "99999999999999999999.log", "0000000000000000000+.log", ""] {
      #expect(SegmentName.parse(name) == nil, "\(name)")
    }
    #expect(LogDirectoryName.parse("a-b-12") == TopicPartition("a-b", 12))
    for name in ["a", "a-", "-1", "a-01", "a-+1", "a-1.x-delete", "a-99999999999", ""] {
      #expect(LogDirectoryName.parse(name) == nil, "\(name)")
    }
    let deleted = LogDirectoryName.deleted(TopicPartition("a-b", 1), unique: UUID(high: 1, low: 0xAB))
    #expect(deleted == "a-b-1.000000000000000100000000000000ab-delete")
    #expect(LogDirectoryName.isDeleted(deleted) && LogDirectoryName.parse(deleted) == nil)
    let long = TopicPartition(String(repeating: "x", count: 249), 12_345)
    #expect(LogDirectoryName.deleted(long, unique: UUID(high: 1, low: 2)).utf8.count == 255)
  }
}
