import Base
import LogStore
import Records
import Simulator
import TestKit
import Testing

/// The files of a partition as Kafka lays them out (Tests/Fixtures/make-log-fixtures.py says from what): we read them,
/// and write the very same.
@Suite struct FrozenFormatTests {
  private static let log = "00000000000000000000.log"
  private let fixtures = FuzzCorpus(fixtures: "log/frozen-0")

  private var configuration: LogConfiguration {
    var configuration = LogConfiguration()
    configuration.indexIntervalBytes = 300
    return configuration
  }

  private func contents() throws -> [String: [UInt8]] {
    try Dictionary(uniqueKeysWithValues: fixtures.names().map { ($0, try fixtures.bytes($0)) })
  }

  /// A disk with the fixture's files.
  private func disk() throws -> VirtualFileSystem {
    let files = VirtualFileSystem()
    try files.createDirectory(TestLog.directory)
    for (name, content) in try contents() {
      _ = try files.open("\(TestLog.directory)/\(name)", .replace)
      files.setContent("\(TestLog.directory)/\(name)", content)
    }
    return files
  }

  @Test func writesTheVerySame() throws {
    var log = try TestLog(configuration: configuration)
    for (header, bytes) in split(try fixtures.bytes(Self.log)) {
      var produced = bytes
      // As it came from the client.
      produced.replaceSubrange(0..<8, with: [UInt8](repeating: 0, count: 8))
      produced.replaceSubrange(12..<16, with: [UInt8](repeating: 0xFF, count: 4))
      try log.append(&produced, leaderEpoch: header.partitionLeaderEpoch)
    }
    try log.log.close()
    for (name, content) in try contents() {
      #expect(log.files.content("\(TestLog.directory)/\(name)") == content, "\(name)")
    }
  }

  @Test(arguments: [true, false]) func readsThem(clean: Bool) throws {
    var log = try TestLog(files: try disk(), configuration: configuration, clean: clean)
    #expect(log.log.recovery.isClean, "\(log.log.recovery)")
    #expect(log.log.logStartOffset == 0 && log.log.logEndOffset == 19)
    #expect(try log.batches().flatMap { $0 } == fixtures.bytes(Self.log))
    #expect(log.log.leaderEpochs.entries == [.init(epoch: 0, startOffset: 0), .init(epoch: 2, startOffset: 9)])
    let producer = try #require(log.log.producers[5001])
    #expect(producer.epoch == 3 && producer.lastSequence == 2 && producer.lastOffset == 17)
    #expect(log.log.producers[5002]?.lastSequence == .max)
  }

  @Test func inspectionAgrees() throws {
    let files = try disk()
    let (offsets, times) = try IndexInspection.read(ofSegment: 0, in: TestLog.directory, files: files)
    #expect(offsets?.flaw == nil && times?.flaw == nil)
    #expect(
      offsets?.entries == [
        .offset(5, position: 0x1E8), .offset(11, position: 0x362), .offset(16, position: 0x4E4),
      ])
    #expect(times?.entries.count == 2)
    let survey = try SegmentSurvey(
      ofSegment: 0, in: TestLog.directory, limit: nil, allowsGaps: false, epochs: nil, files: files)
    #expect(survey.isSound && survey.batchCount == 8 && survey.nextOffset == 19)
  }
}
