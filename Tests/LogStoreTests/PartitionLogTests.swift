import Base
import LogStore
import Simulator
import Testing

@Suite struct PartitionLogTests {
  private var small: LogConfiguration {
    var configuration = LogConfiguration()
    configuration.segmentBytes = 1000
    configuration.indexIntervalBytes = 100
    return configuration
  }

  @Test func numbersAndServesBatches() throws {
    var log = try TestLog()
    #expect(log.log.logEndOffset == 0)
    #expect(try log.read(from: 0) == nil)
    var first = BatchBuilder(recordCount: 3).bytes
    let result = try log.append(&first, leaderEpoch: 7)
    #expect(
      result
        == AppendResult(baseOffset: 0, lastOffset: 2, appendTime: -1, logStartOffset: 0, isDuplicate: false))
    var second = BatchBuilder(recordCount: 2).bytes + BatchBuilder(recordCount: 5).bytes
    #expect(try log.append(&second, leaderEpoch: 7).lastOffset == 9)
    #expect(log.log.logEndOffset == 10)
    #expect(first == BatchBuilder(recordCount: 3, baseOffset: 0, leaderEpoch: 7).bytes)
    #expect(try log.read(from: 0) == first + second)
    #expect(try log.read(from: 2) == first + second)
    #expect(try log.read(from: 3) == second)
    #expect(try log.read(from: 4, maxBytes: 1)?.count == second.count / 2)
    #expect(try log.read(from: 0, upTo: 3) == first)
    #expect(try log.read(from: 3, upTo: 3) == nil)
    #expect(try log.read(from: 10) == nil)
    #expect(throws: LogError.offsetOutOfRange(11, logStartOffset: 0, logEndOffset: 10)) { try log.read(from: 11) }
    #expect(throws: LogError.offsetOutOfRange(-1, logStartOffset: 0, logEndOffset: 10)) { try log.read(from: -1) }
    #expect(log.log.leaderEpochs.entries == [.init(epoch: 7, startOffset: 0)])
  }

  @Test func rollsAndFindsEveryOffsetAfterReopening() throws {
    var log = try TestLog(configuration: small)
    var written: [[UInt8]] = []
    for index in 0..<100 {
      var bytes = BatchBuilder(recordCount: Int32(index % 4 + 1), payload: [UInt8](repeating: 1, count: index)).bytes
      try log.append(&bytes)
      written.append(bytes)
    }
    #expect(log.log.segmentCount > 5)
    #expect(try log.batches() == written)
    let end = log.log.logEndOffset
    try log.sync()
    #expect(log.log.durableEndOffset == end)
    try log.log.checkpoint()
    for clean in [true, false] {
      log.files.kill()
      log = try TestLog(files: log.files, configuration: small, recoveryPoint: end, clean: clean)
      #expect(log.log.recovery.isClean, "\(log.log.recovery)")
      #expect(log.log.logEndOffset == end)
      #expect(try log.batches() == written)
      for batch in written {
        let header = split(batch)[0].header
        for offset in header.baseOffset...header.lastOffset {
          #expect(try log.read(from: offset, maxBytes: 1) == batch)
        }
      }
    }
  }
}
