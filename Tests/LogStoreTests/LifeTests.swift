import Base
import LogStore
import Simulator
import Testing

/// Rolling, retention, truncation, deletion, and what happens when the disk does not play along.
@Suite struct LifeTests {
  private func batch(_ size: Int = 100, at timestamp: Int64 = 1000) -> BatchBuilder {
    BatchBuilder(timestamp: timestamp, payload: [UInt8](repeating: 1, count: size - 61))
  }

  @Test func rollsBySizeTimeAndIndex() throws {
    var configuration = LogConfiguration()
    configuration.segmentBytes = 1000
    configuration.segmentMilliseconds = 5000
    var log = try TestLog(configuration: configuration)
    for _ in 0..<10 { try log.append(batch()) }
    #expect(log.log.segmentCount == 1)
    try log.append(batch())
    #expect(log.log.segmentCount == 2 && log.log.activeSegment == (10, 100))
    log.now += 5000
    try log.append(batch(at: 1 << 50))
    #expect(log.log.segmentCount == 2)
    log.now += 1
    try log.append(batch())
    #expect(log.log.segmentCount == 3)
    #expect(throws: LogError.tooLarge(bytes: 1001, limit: 1000)) { try log.append(batch(1001)) }
    log.log.configuration.indexIntervalBytes = 0
    log.log.configuration.segmentIndexBytes = 24
    for _ in 0..<5 { try log.append(batch()) }
    #expect(log.log.segmentCount == 4)
    #expect(try log.batches().count == 18)
  }

  @Test func forgetsByAgeWhateverTimestampsSay() throws {
    var configuration = LogConfiguration()
    configuration.segmentBytes = 100
    configuration.retentionMilliseconds = 10_000
    var log = try TestLog(configuration: configuration)
    // From the future, without a time, and of now.
    for timestamp in [log.now + 1 << 40, -1, log.now, log.now] { try log.append(batch(at: timestamp)) }
    log.now += 10_000
    #expect(try log.log.applyRetention(upTo: 4, now: log.now).isEmpty)
    log.now += 1
    // Not beyond what is replicated.
    let some = try log.log.applyRetention(upTo: 2, now: log.now)
    #expect(some.baseOffsets == [0, 1] && some.byteCount == 200)
    #expect(log.log.logStartOffset == 2)
    let slice = try log.log.read(from: 2, maxBytes: 1, upTo: 4)
    let rest = try log.log.applyRetention(upTo: 4, now: log.now)
    #expect(rest.baseOffsets == [2, 3])
    #expect(log.log.logStartOffset == 4 && log.log.logEndOffset == 4 && log.log.size == 0)
    try log.remove(some)
    try log.remove(rest)
    #expect(log.files.paths.filter { $0.hasSuffix(".log") }.count == 1)
    // Who holds it reads on.
    guard case .slice(let held) = slice else {
      Issue.record("\(slice)")
      return
    }
    #expect(try held.bytes().count == 100)
    // Old records go at once, as Kafka's do.
    try log.append(batch(at: 5))
    try log.append(batch(at: log.now))
    #expect(try log.log.applyRetention(upTo: 6, now: log.now).baseOffsets == [4])
  }

  @Test func forgetsByBytes() throws {
    var configuration = LogConfiguration()
    configuration.segmentBytes = 100
    configuration.retentionBytes = 250
    var log = try TestLog(configuration: configuration)
    for _ in 0..<5 { try log.append(batch(at: log.now)) }
    #expect(try log.log.applyRetention(upTo: 5, now: log.now).baseOffsets == [0, 1])
    #expect(try log.log.applyRetention(upTo: 5, now: log.now).isEmpty)
    log.log.configuration.deletesOldSegments = false
    log.log.configuration.retentionBytes = 0
    #expect(try log.log.applyRetention(upTo: 5, now: log.now).isEmpty)
  }

  @Test func keepsWhatReplicationBrings() throws {
    var log = try TestLog()
    var first = batch()
    first.baseOffset = 10
    first.leaderEpoch = 4
    var second = first
    second.baseOffset = 20
    second.leaderEpoch = 6
    _ = try log.log.reset(to: 10, now: log.now)
    var bytes = first.bytes + second.bytes
    let sent = bytes
    #expect(try log.append(&bytes, leaderEpoch: 99, origin: .replication).lastOffset == 20)
    #expect(bytes == sent && log.log.logEndOffset == 21)
    #expect(log.log.leaderEpochs.entries == [.init(epoch: 4, startOffset: 10), .init(epoch: 6, startOffset: 20)])
    #expect(
      log.log.leaderEpochs.endOffset(of: 4, logEndOffset: 21).map { [Int64($0.epoch), $0.endOffset] } == [4, 20])
    #expect(log.log.leaderEpochs.endOffset(of: 5, logEndOffset: 21)?.epoch == 4)
    #expect(log.log.leaderEpochs.endOffset(of: 6, logEndOffset: 21)?.endOffset == 21)
    #expect(log.log.leaderEpochs.endOffset(of: 7, logEndOffset: 21) == nil)
    #expect(throws: LogError.self) { try log.append(&bytes, origin: .replication) }
    // A consumer in the gap gets the next batch.
    #expect(try log.read(from: 15) == second.bytes)
  }

  @Test func stampsItsOwnTime() throws {
    var configuration = LogConfiguration()
    configuration.stampsAppendTime = true
    var log = try TestLog(configuration: configuration)
    var bytes = batch().bytes
    #expect(try log.append(&bytes).appendTime == log.now)
    let header = split(bytes)[0].header
    #expect(header.maxTimestamp == log.now && header.attributes.hasLogAppendTime)
    #expect(header.crc == bytes.withUnsafeBytes { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[21...])) })
    #expect(try log.read(from: 0) == bytes)
  }

  @Test func refusesWhatIsNoBatch() throws {
    var log = try TestLog()
    let whole = batch().bytes
    for count in [0, 1, 60, 61, 99] {
      var bytes = Array(whole[..<count])
      #expect(throws: LogError.self) { try log.append(&bytes) }
    }
    for (index, value) in [(8, UInt8(0x7F)), (8, 0xFF), (16, 1), (23, 0xFF)] {
      var bytes = whole
      bytes[index] = value
      #expect(throws: LogError.self) { try log.append(&bytes) }
    }
    #expect(log.log.logEndOffset == 0 && log.files.content("/data/t-0/00000000000000000000.log")?.count == 0)
  }

  @Test func livesThroughAFullDisk() throws {
    var log = try TestLog()
    try log.append(batch())
    log.files.setCapacity(log.files.usedBytes + 150)
    try log.append(batch())
    do throws(LogError) {
      try log.append(batch())
      Issue.record("a full disk took it")
    } catch {
      guard case .file(let failure) = error, failure.isDiskFull else { throw error }
    }
    #expect(log.log.logEndOffset == 2 && log.log.failure == nil)
    #expect(log.files.content("/data/t-0/00000000000000000000.log")?.count == 200)
    log.files.setCapacity(.max)
    #expect(try log.append(batch()).baseOffset == 2)
  }

  @Test func goesOfflineWhenItsFileIsInDoubt() throws {
    var log = try TestLog()
    try log.append(batch())
    log.files.failNext(5, "Input/output error", count: 2)
    #expect(throws: LogError.self) { try log.append(batch()) }
    #expect(log.log.failure != nil)
    #expect(throws: LogError.self) { try log.read(from: 0) }
    log = try TestLog(files: log.files)
    #expect(try log.append(batch()).baseOffset == 1)
    log.files.failNext(5, "Input/output error")
    #expect(throws: LogError.self) { try log.sync() }
    #expect(log.log.failure != nil)
  }

  @Test func saysWhenItNeedsTheDisk() throws {
    var log = try TestLog()
    for _ in 0..<100 { try log.append(batch(1000)) }
    log.files.setCold(true)
    guard case .needsDisk(let cold) = try log.log.read(from: 3, maxBytes: 1, upTo: 100) else {
      Issue.record("the page cache is empty")
      return
    }
    #expect(try cold.resolve()?.position == 3000)
    // What was just appended needs no look.
    guard case .slice(let slice) = try log.log.read(from: 99, maxBytes: 1, upTo: 100) else {
      Issue.record("the last batch was not found")
      return
    }
    var buffer = [UInt8](repeating: 0, count: 1000)
    #expect(try buffer.withUnsafeMutableBytes { try slice.readCached(into: $0) } == nil)
    #expect(slice.position == 99_000)
  }

  @Test func deletesItself() throws {
    var log = try TestLog()
    try log.append(batch())
    let slice = try log.log.read(from: 0, maxBytes: 1, upTo: 1)
    let removal = try log.log.delete(TopicPartition("t", 0), unique: UUID(high: 0, low: 1))
    #expect(removal.path == "/data/t-0.00000000000000000000000000000001-delete")
    #expect(throws: LogError.self) { try log.append(batch()) }
    try removal.run()
    try removal.run()
    #expect(log.files.paths.isEmpty)
    guard case .slice(let held) = slice else { return }
    #expect(try held.bytes().count == 100)
  }

  @Test func boundsItsOpenFiles() throws {
    var configuration = LogConfiguration()
    configuration.segmentBytes = 100
    var log = try TestLog(configuration: configuration)
    for _ in 0..<200 { try log.append(batch(at: log.now)) }
    #expect(try log.batches().count == 200)
    _ = try log.log.timestampSearch(atLeast: log.now + 1).resolve()
    #expect(log.cache.count <= 16 && log.files.openFileCount <= 17)
    try log.sync()
    _ = try log.log.maintain(now: log.now + 100_000)
    #expect(log.files.openFileCount <= 16)
    #expect(try log.batches().count == 200)
  }
}
