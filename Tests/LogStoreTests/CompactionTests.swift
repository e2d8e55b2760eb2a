import Base
import LogStore
import Records
import Simulator
import Testing

/// Compaction keeps the last record of each key, at its offset, whatever happens in between.
@Suite struct CompactionTests {
  typealias Entry = (offset: Int64, key: String, value: String?)

  private static func configuration() -> LogConfiguration {
    var configuration = LogConfiguration()
    configuration.compacts = true
    configuration.deletesOldSegments = false
    configuration.segmentBytes = 1000
    configuration.indexIntervalBytes = 200
    configuration.deleteRetentionMilliseconds = 1000
    return configuration
  }

  private func batch(_ entries: [(String, String?)], producer: RecordProducer = .none) throws -> [UInt8] {
    var builder = RecordBatchBuilder()
    for (key, value) in entries {
      try builder.append(key: Array(key.utf8), value: value.map { Array($0.utf8) }, timestamp: 1000)
    }
    return try builder.build(.lz4, with: Compressor(), producer: producer)
  }

  private func entries(_ test: inout TestLog) throws -> [Entry] {
    let decoder = RecordBatchDecoder()
    var entries: [Entry] = []
    for bytes in try test.batches(maxBytes: 300) {
      try bytes.withUnsafeBytes { bytes in
        var reader = RecordBatchReader(bytes)
        while let batch = try reader.next() {
          var records = try decoder.records(of: batch)
          while let record = try records.next() {
            entries.append(
              (
                record.offset, String(decoding: record.key ?? .init(start: nil, count: 0), as: UTF8.self),
                record.value.map { String(decoding: $0, as: UTF8.self) }
              ))
          }
        }
      }
    }
    return entries
  }

  /// Compacts if it is worth it; returns where the pass ended.
  private func compact(_ test: inout TestLog, from cleanOffset: Int64 = 0) throws -> Int64? {
    try test.log.checkpoint()
    try test.sync()
    guard
      let compaction = try test.log.compaction(cleanOffset: cleanOffset, upTo: test.log.logEndOffset, now: test.now)
    else { return nil }
    let result = try run(compaction, &test)
    #expect(result.byteCountAfter <= result.byteCountBefore)
    #expect(result.isComplete && test.log.confirms(result))
    return result.cleanOffset
  }

  private func run(
    _ compaction: Compaction<VirtualFileSystem>, _ test: inout TestLog
  ) throws(CompactionError) -> CompactionResult {
    try compaction.run { (replacement) throws(CompactionError) in
      do throws(LogError) {
        guard let removal = try test.log.adopt(replacement) else { return false }
        try test.remove(removal)
        return true
      } catch {
        throw .log(error)
      }
    }
  }

  @Test func theLastRecordOfEachKeyStays() throws {
    var test = try TestLog(configuration: Self.configuration())
    for round in 0..<100 {
      var bytes = try batch([("k\(round % 7)", "v\(round)"), ("once-\(round)", "x")])
      try test.append(&bytes)
    }
    let before = test.log.size
    let sealedEnd = test.log.activeSegment.baseOffset
    let all = try entries(&test)
    let clean = try #require(try compact(&test))
    #expect(clean == sealedEnd)
    #expect(test.log.size < before)
    let last = Dictionary(all.filter { $0.offset < sealedEnd }.map { ($0.key, $0.offset) }, uniquingKeysWith: max)
    let expected = all.filter { $0.offset >= sealedEnd || last[$0.key] == $0.offset }
    let kept = try entries(&test)
    #expect(kept.map(\.offset) == expected.map(\.offset))
    #expect(kept.map(\.value) == expected.map(\.value))
    // Appends go on where they were, and a read at a missing offset finds the next one.
    #expect(test.log.logEndOffset == 200)
    #expect(try compact(&test, from: clean) == nil)
    // A start finds the same.
    try test.log.close()
    var again = try TestLog(files: test.files, configuration: Self.configuration(), clean: true)
    #expect(again.log.recovery.isClean)
    #expect(try entries(&again).map(\.offset) == kept.map(\.offset))
  }

  @Test func whatIsLeftOfManySegmentsBecomesOne() throws {
    var configuration = Self.configuration()
    configuration.minimumCleanableDirtyRatio = 0
    var test = try TestLog(configuration: configuration)
    func write() throws {
      for round in 0..<60 {
        var bytes = try batch([("k\(round % 3)", "v\(round)")])
        try test.append(&bytes)
      }
    }
    try write()
    let first = try #require(try compact(&test))
    try write()
    let before = test.log.segmentCount
    let end = test.log.logEndOffset
    _ = try #require(try compact(&test, from: first))
    #expect(test.log.segmentCount < before)
    let kept = try entries(&test)
    #expect(kept.last?.offset == end - 1 && kept.last?.value == "v59")
    #expect(Set(kept.map(\.offset)).count == kept.count)
  }

  @Test func tombstonesGoAfterTheirTime() throws {
    var configuration = Self.configuration()
    configuration.minimumCleanableDirtyRatio = 0
    var test = try TestLog(configuration: configuration)
    var bytes = try batch([("a", "1"), ("b", "1"), ("a", nil)])
    try test.append(&bytes)
    func roll() throws {
      for round in 0..<30 {
        var filler = try batch([("filler-\(round % 2)", String(repeating: "x", count: 50))])
        try test.append(&filler)
      }
    }
    try roll()
    let first = try #require(try compact(&test))
    #expect(try entries(&test).filter { $0.key == "a" }.map(\.value) == [nil])
    test.now += 500
    try roll()
    let second = try #require(try compact(&test, from: first))
    #expect(try entries(&test).contains { $0.key == "a" })
    test.now += 600
    try roll()
    _ = try #require(try compact(&test, from: second))
    #expect(try !entries(&test).contains { $0.key == "a" })
    #expect(try entries(&test).contains { $0.key == "b" })
  }

  @Test func aProducersSequenceIsNotForgotten() throws {
    var test = try TestLog(configuration: Self.configuration())
    var bytes = try batch([("a", "1")], producer: RecordProducer(id: 9, epoch: 0, baseSequence: 0))
    try test.append(&bytes)
    for _ in 0..<30 {
      var filler = try batch([("a", String(repeating: "x", count: 50))])
      try test.append(&filler)
    }
    _ = try #require(try compact(&test))
    // The process dies; producer snapshots are lost.
    test.files.kill()
    for name in try test.files.list(TestLog.directory) where name.hasSuffix(".snapshot") {
      try test.files.remove("\(TestLog.directory)/\(name)")
    }
    var again = try TestLog(
      files: test.files, configuration: Self.configuration(), recoveryPoint: test.log.recoveryPoint)
    var repeated = try batch([("a", "1")], producer: RecordProducer(id: 9, epoch: 0, baseSequence: 0))
    let result = try again.append(&repeated)
    #expect(result.isDuplicate && result.baseOffset == 0)
  }

  @Test func aReadUnderWayFindsNothingOrTheTruth() throws {
    var test = try TestLog(configuration: Self.configuration())
    for round in 0..<60 {
      var bytes = try batch([("k\(round % 3)", "v\(round)")])
      try test.append(&bytes)
    }
    test.files.setCold(true)
    guard case .needsDisk(let read) = try test.log.read(from: 5, maxBytes: 100, upTo: 60) else {
      Issue.record("the read should have needed the disk")
      return
    }
    test.files.setCold(false)
    _ = try #require(try compact(&test))
    if let slice = try read.resolve() {
      #expect(split(try slice.bytes()).allSatisfy { $0.header.lastOffset >= 5 })
    }
  }

  @Test func keysWithoutEndTakeSeveralPasses() throws {
    var test = try TestLog(configuration: Self.configuration())
    var bytes: [UInt8] = []
    for round in 0..<40 {
      bytes = try batch([("key-\(round % 20)", "v\(round)")])
      try test.append(&bytes)
    }
    try test.log.checkpoint()
    try test.sync()
    let end = test.log.logEndOffset
    var compaction = try #require(try test.log.compaction(cleanOffset: 0, upTo: end, now: test.now))
    compaction.keyMemory = 500
    let result = try run(compaction, &test)
    #expect(result.cleanOffset > 0 && result.cleanOffset < test.log.activeSegment.baseOffset)
    let kept = try entries(&test)
    for key in 0..<20 { #expect(kept.last { $0.key == "key-\(key)" }?.value == "v\(key + 20)") }
  }

  /// The power goes at any call of a pass: afterwards every key has its last value, at the offset it had.
  @Test func crashesLoseNoKey() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("compaction model: seed \(seed)")
    var random = SeededRandom(seed: seed)
    for life in 0..<60 {
      var test = try TestLog(configuration: Self.configuration())
      for round in 0..<Int.random(in: 20...120, using: &random) {
        let key = "k\(Int.random(in: 0..<9, using: &random))"
        var bytes = try batch([(key, Int.random(in: 0..<8, using: &random) == 0 ? nil : "v\(round)")])
        try test.append(&bytes)
      }
      try test.log.checkpoint()
      try test.sync()
      let all = try entries(&test)
      let recoveryPoint = test.log.recoveryPoint
      test.files.stop(afterCalls: Int.random(in: 0...80, using: &random))
      var isDone = false
      do {
        isDone = try compact(&test) != nil
      } catch {
        #expect(error is CompactionError || error is LogError, "life \(life) of seed \(seed): \(error)")
      }
      test.files.crash(&random)
      var again = try TestLog(files: test.files, configuration: Self.configuration(), recoveryPoint: recoveryPoint)
      let found = try entries(&again)
      let last = Dictionary(all.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
      for (key, entry) in last {
        let kept = found.last { $0.key == key }
        #expect(
          kept?.offset == entry.offset && kept?.value == entry.value,
          "life \(life) of seed \(seed), done: \(isDone): \(key)")
      }
      #expect(found.map(\.offset) == found.map(\.offset).sorted(), "life \(life) of seed \(seed)")
      #expect(Set(found.map(\.offset)).count == found.count, "life \(life) of seed \(seed)")
      #expect(again.log.logEndOffset == all.count, "life \(life) of seed \(seed)")
    }
  }

  @Test func youngRecordsAreLeftAlone() throws {
    var configuration = Self.configuration()
    configuration.minimumCompactionLagMilliseconds = 500
    configuration.minimumCleanableDirtyRatio = 0
    var test = try TestLog(configuration: configuration)
    func write() throws {
      for round in 0..<30 {
        var bytes = try batch([("k\(round % 3)", "v\(round)")])
        try test.append(&bytes)
      }
    }
    try write()
    #expect(try compact(&test) == nil)
    test.now += 499
    try write()
    #expect(try compact(&test) == nil)
    test.now += 1
    let clean = try #require(try compact(&test))
    #expect(clean > 20 && clean <= 30)
    #expect(try entries(&test).filter { $0.offset >= clean }.count == 60 - Int(clean))
  }

  @Test func oldRecordsAreCompactedWhateverTheRatio() throws {
    var configuration = Self.configuration()
    configuration.minimumCleanableDirtyRatio = 1
    configuration.maximumCompactionLagMilliseconds = 1000
    var test = try TestLog(configuration: configuration)
    for round in 0..<30 {
      var bytes = try batch([("k\(round % 3)", "v\(round)")])
      try test.append(&bytes)
    }
    let first = try #require(try compact(&test))
    for _ in 0..<3 {
      var bytes = try batch([("k0", "again")])
      try test.append(&bytes)
    }
    test.now += 1000
    #expect(try compact(&test, from: first) == nil)
    // Not even the segment that is appended to is left out, once the rolled part is synced.
    test.now += 1
    _ = try compact(&test, from: first)
    #expect(test.log.activeSegment.baseOffset == 33)
    let second = try #require(try compact(&test, from: first))
    #expect(second == 33)
    #expect(try entries(&test).map(\.key).sorted() == ["k0", "k1", "k2"])
  }

  /// Compaction needs little room, and gives back what it took when that was too little.
  @Test func aFullDiskIsLeftAsItWas() throws {
    var test = try TestLog(configuration: Self.configuration())
    for round in 0..<200 {
      var bytes = try batch([("k\(round % 7)", "v\(round)"), ("once-\(round)", "x")])
      try test.append(&bytes)
    }
    try test.log.checkpoint()
    try test.sync()
    let before = try entries(&test)
    let used = test.files.usedBytes
    test.files.setCapacity(used + 100)
    #expect(throws: CompactionError.self) { try compact(&test) }
    #expect(test.log.failure == nil)
    #expect(!test.files.paths.contains { $0.hasSuffix(".cleaned") || $0.hasSuffix(".swap") })
    #expect(try entries(&test).map(\.offset) == before.map(\.offset))
    // One segment more is enough for all of them.
    test.files.setCapacity(used + 3000)
    _ = try #require(try compact(&test))
    #expect(test.files.usedBytes < used)
  }

  @Test func aBatchThatCannotBeReadStaysWhole() throws {
    var test = try TestLog(configuration: Self.configuration())
    var unreadable = BatchBuilder(payload: Array(repeating: 0xFF, count: 40)).bytes
    try test.append(&unreadable)
    for round in 0..<60 {
      var bytes = try batch([("k\(round % 3)", "v\(round)")])
      try test.append(&bytes)
    }
    _ = try #require(try compact(&test))
    let first = try #require(try test.batches().first)
    #expect(first.count == unreadable.count && split(first)[0].header.lastOffset == 0)
  }

  /// What the log says of each key is what was last written, at every moment: with so little memory that each pass knows
  /// a few keys only, with tombstones that come and go, and a process that dies anywhere.
  @Test func whatAKeyStandsForNeverChanges() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("compaction view model: seed \(seed)")
    var random = SeededRandom(seed: seed)
    for life in 0..<150 {
      var configuration = Self.configuration()
      configuration.minimumCleanableDirtyRatio = 0
      configuration.segmentBytes = Int.random(in: 300...1500, using: &random)
      var test = try TestLog(configuration: configuration)
      var model: [String: String] = [:]
      var clean: Int64 = 0
      for round in 0..<25 {
        for _ in 0..<Int.random(in: 1...12, using: &random) {
          let key = "k\(Int.random(in: 0..<14, using: &random))"
          let value = Int.random(in: 0..<3, using: &random) == 0 ? nil : "v\(round)"
          var bytes = try batch([(key, value), ("other-\(round % 5)", "x")])
          try test.append(&bytes)
          model[key] = value
          model["other-\(round % 5)"] = "x"
        }
        test.now += Int64.random(in: 0...700, using: &random)
        try test.log.checkpoint()
        try test.sync()
        let recoveryPoint = test.log.recoveryPoint
        let dies = Int.random(in: 0..<4, using: &random) == 0
        if dies { test.files.stop(afterCalls: Int.random(in: 0...40, using: &random)) }
        do {
          let end = test.log.logEndOffset
          if var compaction = try test.log.compaction(cleanOffset: clean, upTo: end, now: test.now) {
            compaction.keyMemory = Int.random(in: 100...1500, using: &random)
            let result = try run(compaction, &test)
            if test.log.confirms(result) { clean = result.cleanOffset }
          }
        } catch {
          #expect(dies, "life \(life) of seed \(seed): \(error)")
        }
        if dies {
          test.files.crash(&random)
          test = try TestLog(
            files: test.files, configuration: configuration, recoveryPoint: recoveryPoint, now: test.now)
          // The checkpoint of clean offsets may be lost; a pass that begins too early is no harm.
          if Bool.random(using: &random) { clean = 0 }
        }
        var view: [String: String] = [:]
        for entry in try entries(&test) { view[entry.key] = entry.value }
        #expect(view == model, "life \(life), round \(round) of seed \(seed)")
        if view != model { return }
      }
    }
  }
}
