import Base
import Records
import Simulator
import SinkCore
import Testing

@Suite struct FileSinkTests {
  private let files = VirtualFileSystem()
  private let partition = TopicPartition("t", 0)
  private let topicID = UUID(high: 1, low: 1)

  init() throws {
    try files.createDirectory("/state")
  }

  private func settings(group: String = "g", path: String = "/out/{host}", openFileLimit: Int = 4) throws
    -> FileSinkSettings
  {
    FileSinkSettings(
      group: group, path: try PathTemplate(path), format: .text, stateDirectory: "/state", bufferSize: 1000,
      openFileLimit: openFileLimit)
  }

  private func open(group: String = "g", openFileLimit: Int = 4) throws -> FileSink<VirtualFileSystem> {
    try FileSink(settings: try settings(group: group, openFileLimit: openFileLimit), files: files)
  }

  private func append(
    _ sink: inout FileSink<VirtualFileSystem>, _ offset: Int64, host: String = "a", _ text: String? = "line"
  ) throws -> AppendOutcome {
    try withRecord(
      offset: offset, value: text.map { Array("\($0) \(offset)".utf8) }, headers: RecordHeaders(["host": host])
    ) { sink.append($0, of: partition) }
  }

  private func content(_ host: String = "a") -> String {
    String(decoding: files.content("/out/\(host)") ?? [], as: UTF8.self)
  }

  /// A sink that has written offsets 0 to 2, of which the group was told `committed`.
  private func written(committed: Int64?) throws -> FileSink<VirtualFileSystem> {
    var sink = try open()
    #expect(sink.assign(partition, topicID: topicID, committed: nil) == nil)
    for offset in 0..<3 as Range<Int64> { #expect(try append(&sink, offset) == .taken) }
    try sink.flush()
    #expect(sink.offsetsToCommit == [partition: 3])
    if let committed { sink.acknowledge([partition: committed]) }
    try sink.close()
    return try open()
  }

  @Test func nothingIsWrittenBeforeAFlushNorCommittedBeforeIt() throws {
    var sink = try open()
    _ = sink.assign(partition, topicID: topicID, committed: nil)
    _ = try append(&sink, 0)
    #expect(sink.hasPending)
    #expect(content() == "")
    #expect(sink.offsetsToCommit.isEmpty || sink.offsetsToCommit == [partition: 0])
    try sink.flush()
    #expect(!sink.hasPending)
    #expect(content() == "line 0\n")
    #expect(sink.offsetsToCommit == [partition: 1])
    sink.acknowledge([partition: 1])
    #expect(sink.offsetsToCommit.isEmpty)
  }

  @Test func theCheckpointIsAheadOfAGroupThatDidNotHear() throws {
    var sink = try written(committed: nil)
    #expect(sink.assign(partition, topicID: topicID, committed: nil) == 3)
    #expect(sink.takeNotices() == [.startsAtCheckpoint(partition, offset: 3, committed: nil)])
    sink.acknowledge([partition: 1])
    try sink.close()
    sink = try open()
    #expect(sink.assign(partition, topicID: topicID, committed: 1) == 3)
    #expect(sink.assign(partition, topicID: topicID, committed: 2) == 3)
    #expect(sink.assign(partition, topicID: topicID, committed: 3) == 3)
  }

  @Test func aGroupThatIsAheadOrWasSetBackIsFollowed() throws {
    var sink = try written(committed: 3)
    #expect(sink.assign(partition, topicID: topicID, committed: 7) == nil)
    #expect(sink.assign(partition, topicID: topicID, committed: 1) == nil)
    #expect(sink.takeNotices() == [.groupWasReset(partition, committed: 1, checkpoint: 3)])
    #expect(try append(&sink, 0) == .stale)
    #expect(try append(&sink, 1) == .taken)
  }

  @Test func anotherTopicOfTheSameNameStartsAfresh() throws {
    var sink = try written(committed: 3)
    #expect(sink.assign(partition, topicID: UUID(high: 9, low: 9), committed: nil) == nil)
    #expect(sink.takeNotices() == [.topicReplaced(partition)])
    #expect(try append(&sink, 0) == .taken)
  }

  @Test func anotherGroupStartsAfresh() throws {
    _ = try written(committed: 3)
    var sink = try open(group: "other")
    #expect(sink.assign(partition, topicID: topicID, committed: nil) == nil)
    #expect(try append(&sink, 0) == .taken)
  }

  @Test func recordsAreTakenOnceAndOnlyOfItsPartitions() throws {
    var sink = try open()
    #expect(try append(&sink, 0) == .stale)
    _ = sink.assign(partition, topicID: topicID, committed: 5)
    #expect(try append(&sink, 4) == .stale)
    #expect(try append(&sink, 5) == .taken)
    #expect(try append(&sink, 5) == .stale)
    #expect(try append(&sink, 8) == .taken)
    sink.skip(partition, from: 9, to: 12)
    #expect(try append(&sink, 11) == .stale)
    try sink.flush()
    #expect(sink.offsetsToCommit == [partition: 12])
    sink.relocate(partition, to: 2)
    #expect(try append(&sink, 2) == .taken)
    sink.release([partition])
    #expect(try append(&sink, 3) == .stale)
  }

  @Test func aFullBufferAndTooManyFilesAskForAFlush() throws {
    var sink = try open(openFileLimit: 2)
    _ = sink.assign(partition, topicID: topicID, committed: 0)
    #expect(try append(&sink, 0, host: "a") == .taken)
    #expect(try append(&sink, 1, host: "b") == .taken)
    #expect(try append(&sink, 2, host: "c") == .full)
    try sink.flush()
    #expect(try append(&sink, 2, host: "c", String(repeating: "x", count: 2000)) == .taken)
    #expect(try append(&sink, 3, host: "c") == .full)
    try sink.flush()
    #expect(try append(&sink, 3, host: "a") == .taken)
    try sink.flush()
    #expect(content("a") == "line 0\nline 3\n")
    #expect(content("b") == "line 1\n")
    #expect(content("c").utf8.count == 2003)
  }

  @Test func aDiskThatIsFullForAWhileLosesNothing() throws {
    var sink = try open()
    _ = sink.assign(partition, topicID: topicID, committed: 0)
    _ = try append(&sink, 0)
    try sink.flush()
    _ = try append(&sink, 1)
    var calls = 0
    while sink.hasPending {
      files.stop(afterCalls: calls)
      do {
        try sink.flush()
      } catch {
        calls += 1
      }
    }
    #expect(calls > 5)
    files.stop(afterCalls: .max)
    _ = try append(&sink, 2)
    try sink.flush()
    #expect(content() == "line 0\nline 1\nline 2\n")
  }

  @Test func aFileThatWasMovedAwayIsMadeAnew() throws {
    var sink = try open()
    _ = sink.assign(partition, topicID: topicID, committed: 0)
    _ = try append(&sink, 0)
    try sink.flush()
    try files.rename("/out/a", to: "/out/a.1")
    _ = try append(&sink, 1)
    try sink.flush()
    #expect(content("a.1") == "line 0\n")
    #expect(content("a") == "line 1\n")
    #expect(sink.takeNotices() == [.replaced(path: "/out/a")])
  }

  @Test func whatOthersWroteIsNotOverwritten() throws {
    var sink = try open()
    _ = sink.assign(partition, topicID: topicID, committed: 0)
    _ = try append(&sink, 0)
    try sink.flush()
    files.setContent("/out/a", Array("line 0\ntheirs\n".utf8))
    _ = try append(&sink, 1)
    try sink.flush()
    #expect(content() == "line 0\ntheirs\nline 1\n")
    #expect(sink.takeNotices() == [.grown(path: "/out/a", size: 14, expected: 7)])
    files.setContent("/out/a", [])
    _ = try append(&sink, 2)
    try sink.flush()
    #expect(content() == "line 2\n")
    #expect(sink.takeNotices() == [.shortened(path: "/out/a", size: 0, expected: 21)])
  }

  @Test func aFileInPlaceOfAnotherIsNotCut() throws {
    var sink = try written(committed: 3)
    _ = sink.assign(partition, topicID: topicID, committed: 3)
    _ = try append(&sink, 3)
    try sink.flush()
    try files.remove("/out/a")
    _ = try files.open("/out/a", .readWrite)
    files.setContent("/out/a", [UInt8](repeating: 0x78, count: 100))
    sink = try open()
    #expect(content().utf8.count == 100)
  }

  @Test func nullValuesAreCountedAndLeaveNothing() throws {
    var sink = try open()
    _ = sink.assign(partition, topicID: topicID, committed: 0)
    _ = try append(&sink, 0, nil)
    #expect(sink.hasPending)
    try sink.flush()
    #expect(sink.offsetsToCommit == [partition: 1])
    #expect(files.content("/out/a") == nil)
  }

  @Test func aCheckpointThatWasChangedIsRefused() throws {
    _ = try written(committed: 3)
    let good = try #require(files.content("/state/checkpoint"))
    let text = String(decoding: good, as: UTF8.self)
    #expect(text.hasPrefix("splashdam-sink 1\ngroup g\npartition 0 3 3 \(topicID) t\nfile 21 "))
    for bytes in [
      [], Array(good.dropLast()), good + [0x0A], Array("splashdam-sink 2\n".utf8), Array(good.dropFirst(10)),
      Array(text.split(separator: "partition 0 3").joined(separator: "partition 0 4").utf8), [0xFF, 0x0A],
    ] {
      files.setContent("/state/checkpoint", bytes)
      #expect(throws: SinkStateError.self) { try open() }
    }
    files.setContent("/state/checkpoint", good)
    var sink = try open()
    #expect(sink.assign(partition, topicID: topicID, committed: nil) == 3)
  }
}
