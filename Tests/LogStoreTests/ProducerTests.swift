import Base
import LogStore
import Records
import Simulator
import Testing

@Suite struct ProducerTests {
  private func batch(_ sequence: Int32, count: Int32 = 1, epoch: Int16 = 0, producer: Int64 = 5) -> BatchBuilder {
    BatchBuilder(recordCount: count, producerID: producer, epoch: epoch, sequence: sequence)
  }

  @Test func answersDuplicatesWithTheirFirstOffset() throws {
    var log = try TestLog()
    for index in 0..<6 { try log.append(batch(Int32(index * 2), count: 2)) }
    for index in 1..<6 {
      let result = try log.append(batch(Int32(index * 2), count: 2))
      #expect(result.isDuplicate && result.baseOffset == Int64(index * 2) && result.lastOffset == Int64(index * 2 + 1))
    }
    // Five are remembered; the sixth is simply out of order, and so is one with the right start and another end.
    #expect(throws: LogError.outOfOrderSequence(producerID: 5, epoch: 0, expected: 12, found: 0)) {
      try log.append(batch(0, count: 2))
    }
    #expect(throws: LogError.outOfOrderSequence(producerID: 5, epoch: 0, expected: 12, found: 10)) {
      try log.append(batch(10, count: 1))
    }
    #expect(log.log.logEndOffset == 12)
  }

  @Test func holdsEpochsAndSequences() throws {
    var log = try TestLog()
    // Nobody remembers this producer, so any sequence will do.
    try log.append(batch(100, epoch: 3))
    #expect(throws: LogError.outOfOrderSequence(producerID: 5, epoch: 3, expected: 101, found: 102)) {
      try log.append(batch(102, epoch: 3))
    }
    #expect(throws: LogError.invalidProducerEpoch(producerID: 5, epoch: 2, current: 3)) {
      try log.append(batch(101, epoch: 2))
    }
    #expect(throws: LogError.outOfOrderSequence(producerID: 5, epoch: 4, expected: 0, found: 101)) {
      try log.append(batch(101, epoch: 4))
    }
    try log.append(batch(0, epoch: 4))
    #expect(throws: LogError.invalidProducerEpoch(producerID: 5, epoch: 3, current: 4)) {
      try log.append(batch(101, epoch: 3))
    }
    #expect(log.log.logEndOffset == 2)
  }

  @Test func wrapsSequences() throws {
    var log = try TestLog()
    try log.append(batch(Int32.max - 1, count: 4))
    #expect(log.log.producers[5]?.lastSequence == 1)
    #expect(try log.append(batch(Int32.max - 1, count: 4)).isDuplicate)
    try log.append(batch(2, count: 1))
    try log.append(batch(3, count: 1, producer: 6))
    #expect(log.log.logEndOffset == 6)
  }

  @Test func checksAllBatchesOfAnAppendBeforeWriting() throws {
    var log = try TestLog()
    try log.append(batch(0), batch(1), batch(2))
    #expect(throws: LogError.outOfOrderSequence(producerID: 5, epoch: 0, expected: 4, found: 5)) {
      try log.append(batch(3), batch(5))
    }
    #expect(throws: LogError.self) { try log.append(batch(3), batch(0, producer: 6)) }
    #expect(log.log.logEndOffset == 3)
    try log.append(batch(3), BatchBuilder(), batch(4))
    #expect(log.log.producers[5]?.lastSequence == 4)
  }

  @Test func remembersFiveBatchesThroughRestarts() throws {
    var log = try TestLog()
    for index in 0..<8 { try log.append(batch(Int32(index))) }
    try log.log.close()
    for clean in [true, false] {
      log = try TestLog(files: log.files, recoveryPoint: 8, clean: clean)
      for index in 3..<8 { #expect(try log.append(batch(Int32(index))).baseOffset == Int64(index)) }
      #expect(throws: LogError.self) { try log.append(batch(2)) }
    }
  }

  @Test func forgetsTheSilentAndTheTooMany() throws {
    var configuration = LogConfiguration()
    configuration.producerIDExpirationMilliseconds = 1000
    configuration.producerLimit = 16
    var log = try TestLog(configuration: configuration)
    for producer in 0..<100 {
      log.now += 1
      try log.append(batch(0, producer: Int64(producer)))
      #expect(log.log.producers.count <= 16)
    }
    #expect(log.log.producers[99] != nil && log.log.producers[0] == nil)
    _ = try log.log.maintain(now: log.now + 1000)
    #expect(log.log.producers.count == 1)
    _ = try log.log.maintain(now: log.now + 1001)
    #expect(log.log.producers.count == 0)
  }

  /// The fields as Kafka's ProducerStateManager lays them out.
  @Test func snapshotFormatIsKafkas() throws {
    let fields: [UInt8] = [
      0, 0, 0, 1,  // one producer
      0, 0, 0, 0, 0, 0, 0x12, 0x34,  // id
      0, 7,  // epoch
      0, 0, 0, 41,  // last sequence
      0, 0, 0, 0, 0, 0, 0, 99,  // last offset
      0, 0, 0, 2,  // offset delta
      0, 0, 0, 0, 0, 0x0F, 0x42, 0x40,  // timestamp
      0xFF, 0xFF, 0xFF, 0xFF,  // coordinator epoch
      0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,  // first offset of an open transaction
    ]
    let crc = fields.withUnsafeBytes { CRC32C.checksum($0) }
    #expect(crc == 0xF92B_413C)
    let bytes = [0, 1] + withUnsafeBytes(of: crc.bigEndian) { Array($0) } + fields
    let state = try #require(ProducerSnapshot.decode(bytes))
    #expect(state.count == 1)
    let entry = try #require(state[0x1234])
    #expect(entry.epoch == 7 && entry.lastSequence == 41 && entry.lastOffset == 99)
    #expect(entry.lastBatch?.baseOffset == 97 && entry.lastBatch?.baseSequence == 39)
    #expect(entry.coordinatorEpoch == -1 && entry.currentTransactionFirstOffset == -1)
    #expect(ProducerSnapshot.encode(state) == bytes)
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 4
      #expect(ProducerSnapshot.decode(damaged) == nil, "byte \(index)")
      #expect(ProducerSnapshot.decode(Array(bytes[..<index])) == nil)
    }
  }
}
