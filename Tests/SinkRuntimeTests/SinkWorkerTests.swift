import Base
import ClientCore
import Records
import Simulator
import SinkCore
import SinkRuntime
import Synchronization
import Testing

@Suite struct SinkWorkerTests {
  private let group = FakeGroup()
  private let files = VirtualFileSystem()
  private let partitions = (0..<3).map { TopicPartition("t", $0) }

  init() throws {
    try files.createDirectory("/a")
    try files.createDirectory("/b")
    try files.syncDirectory("/")
  }

  private func output(_ directory: String = "/a", bufferSize: Int = 2000) throws -> FileSink<VirtualFileSystem> {
    try FileSink(
      settings: FileSinkSettings(
        group: "g", path: try PathTemplate("\(directory)/out/{host}"), format: .text, stateDirectory: directory,
        bufferSize: bufferSize, openFileLimit: 8), files: files)
  }

  private func append(_ numbers: Range<Int>) {
    for partition in partitions {
      group.append(partition, numbers.map { ("h\($0 % 2)", "\(partition.partition) \($0)") })
    }
  }

  /// The lines written, by partition, in the order of each file.
  private func lines(_ directories: [String] = ["/a"]) -> [Int32: [Int]] {
    var lines: [Int32: [Int]] = [:]
    for path in files.paths where directories.contains(where: { path.hasPrefix("\($0)/out/") }) {
      for line in String(decoding: files.content(path) ?? [], as: UTF8.self).split(separator: "\n") {
        let numbers = line.split(separator: " ").compactMap { Int($0) }
        guard numbers.count == 2 else {
          Issue.record("a torn line: \(line)")
          continue
        }
        lines[Int32(numbers[0]), default: []].append(numbers[1])
      }
    }
    return lines.mapValues { $0.sorted() }
  }

  private func wait(_ what: String, until condition: () -> Bool) async throws {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(30)
    while !condition() {
      guard clock.now < end else {
        Issue.record("waited in vain for \(what)")
        return
      }
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  private func waitForCommit(_ offset: Int64) async throws {
    try await wait("offset \(offset) to be committed: \(group.committed)") {
      partitions.allSatisfy { group.committed[$0] == offset }
    }
  }

  private func expectEachOnce(_ count: Int, _ directories: [String] = ["/a"]) {
    let lines = lines(directories)
    for partition in partitions {
      #expect(lines[partition.partition] == Array(0..<count), "partition \(partition)")
    }
  }

  @Test func recordsAreWrittenAndThenCommitted() async throws {
    append(0..<100)
    let life = await SinkLife(try output(), group)
    await life.member.assign(partitions)
    try await waitForCommit(100)
    expectEachOnce(100)
    append(100..<150)
    try await waitForCommit(150)
    #expect(try await life.stop())
    expectEachOnce(150)
  }

  @Test func theEndWritesAndCommitsWhatWasTaken() async throws {
    append(0..<10)
    let life = await SinkLife(try output(), group, flushInterval: 3_600_000)
    await life.member.assign(partitions)
    try await wait("records to be taken") { life.member.delivered == 30 }
    #expect(try await life.stop())
    // What was on its way at the end is not taken any more, and read by the next.
    for partition in partitions {
      #expect(lines()[partition.partition, default: []].count == Int(group.committed[partition] ?? 0))
    }
    #expect(group.committed.values.reduce(0, +) >= 20)
  }

  @Test func aPartitionThatMovesIsWrittenOnce() async throws {
    append(0..<200)
    let first = await SinkLife(try output("/a"), group)
    let second = await SinkLife(try output("/b"), group)
    await first.member.assign(partitions)
    for round in 0..<5 {
      append(200 + 100 * round..<300 + 100 * round)
      let moving = [partitions[round % 3]]
      await first.member.revoke(moving)
      await second.member.assign(moving)
      await second.member.revoke(moving)
      await first.member.assign(moving)
    }
    try await waitForCommit(700)
    #expect(try await first.stop())
    #expect(try await second.stop())
    expectEachOnce(700, ["/a", "/b"])
  }

  /// The session ended while records were taken and not flushed: somebody else reads them.
  @Test func aPartitionThatIsLostIsReadAgain() async throws {
    append(0..<30)
    let first = await SinkLife(try output("/a"), group, flushInterval: 3_600_000)
    let second = await SinkLife(try output("/b"), group)
    await first.member.assign(partitions)
    await first.member.lose([partitions[0]])
    await second.member.assign([partitions[0]])
    try await wait("the other to commit") { group.committed[partitions[0]] == 30 }
    #expect(try await first.stop())
    #expect(try await second.stop())
    try await waitForCommit(30)
    expectEachOnce(30, ["/a", "/b"])
  }

  @Test func killsLoseAndDoubleNothing() async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("sink worker: seed \(seed)")
    var random = SeededRandom(seed: seed)
    var count = 0
    for _ in 0..<20 {
      let life = await SinkLife(try output(), group)
      await life.member.assign(partitions)
      let more = Int.random(in: 1...60, using: &random)
      append(count..<count + more)
      count += more
      group.state.withLock { $0.commitFailures = Int.random(in: 0...2, using: &random) }
      files.stop(afterCalls: Int.random(in: 0...80, using: &random))
      try await wait("the kill") { files.isStopped || group.committed[partitions[0]] == Int64(count) }
      try await life.kill()
      if Bool.random(using: &random) { files.crash(&random) } else { files.kill() }
    }
    let life = await SinkLife(try output(), group)
    await life.member.assign(partitions)
    append(count..<count + 1)
    try await waitForCommit(Int64(count + 1))
    #expect(try await life.stop())
    expectEachOnce(count + 1)
  }

  @Test func aFullDiskIsWaitedFor() async throws {
    files.setCapacity(600)
    append(0..<200)
    let life = await SinkLife(try output(), group)
    await life.member.assign(partitions)
    try await wait("the disk to fill") { files.usedBytes > 300 }
    #expect(lines().values.joined().count < 600)
    files.setCapacity(.max)
    try await waitForCommit(200)
    #expect(try await life.stop())
    expectEachOnce(200)
  }

  @Test func recordsThatAreGoneArePassedOver() async throws {
    append(0..<20)
    for partition in partitions { group.state.withLock { $0.logStart[partition] = 5 } }
    let life = await SinkLife(try output(), group)
    await life.member.assign(partitions)
    try await waitForCommit(20)
    #expect(try await life.stop())
    #expect(lines() == [0: Array(5..<20), 1: Array(5..<20), 2: Array(5..<20)])
  }

  @Test func aStreamGetsEverythingBeforeItIsCommitted() async throws {
    append(0..<50)
    let written = Written()
    let group = group
    let stream = StreamSink(format: .text, bufferSize: 100) { bytes, count throws(FileError) in
      // Whatever is committed was written before.
      let lines = written.append(bytes[count...])
      count = bytes.count
      let committed = group.committed.values.reduce(0, +)
      if committed > Int64(lines) {
        throw FileError(operation: "write to", path: "stream", code: 5, reason: "\(committed) committed too early")
      }
    }
    let life = await SinkLife(stream, group)
    await life.member.assign(partitions)
    try await waitForCommit(50)
    #expect(try await life.stop())
    #expect(written.lines == 150)
  }

  @Test func aStreamWhoseReaderIsGoneEndsTheSink() async throws {
    append(0..<5)
    let stream = StreamSink(format: .text, bufferSize: 100) { _, _ throws(FileError) in
      throw FileError(operation: "write to", path: "standard output", code: 32, reason: "Broken pipe")
    }
    let life = await SinkLife(stream, group)
    await life.member.assign(partitions)
    #expect(try await life.ended() == false)
    #expect(group.committed.values.allSatisfy { $0 == 0 })
  }
}

private final class Written: Sendable {
  private let bytes = Mutex<[UInt8]>([])

  /// Returns the number of lines so far.
  func append(_ more: ArraySlice<UInt8>) -> Int {
    bytes.withLock { bytes in
      bytes += more
      return bytes.count { $0 == 0x0A }
    }
  }

  var lines: Int { bytes.withLock { $0.count { $0 == 0x0A } } }
}
