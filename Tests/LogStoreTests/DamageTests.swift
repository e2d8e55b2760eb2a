import Base
import LogStore
import Simulator
import TestKit
import Testing

/// One byte flipped, or the end cut off, in one file of a log: it opens, serves what is intact, and nothing else.
@Suite struct DamageTests {
  /// A log of a few segments with all of its kinds of files.
  private struct Original {
    let files = VirtualFileSystem()
    var contents: [String: [UInt8]] = [:]
    var batches: [[UInt8]] = []
    var epochs = LeaderEpochs()
    let configuration: LogConfiguration

    init() throws {
      var configuration = LogConfiguration()
      configuration.segmentBytes = 1500
      configuration.indexIntervalBytes = 150
      self.configuration = configuration
      var log = try TestLog(files: files, configuration: configuration)
      for index in 0..<40 {
        var builder = BatchBuilder(recordCount: Int32(index % 3 + 1), timestamp: Int64(1000 + index * 10 % 170))
        builder.payload = [UInt8](repeating: UInt8(index), count: index * 3)
        if index % 4 == 0 {
          (builder.producerID, builder.epoch, builder.sequence) = (7, 1, Int32(index / 4))
          builder.recordCount = 1
        }
        var bytes = builder.bytes
        try log.append(&bytes, leaderEpoch: Int32(index / 15))
        batches.append(bytes)
      }
      epochs = log.log.leaderEpochs
      try log.log.checkpoint()
      try log.log.close()
      for path in files.paths { contents[path] = files.content(path) }
    }

    func restore() {
      files.kill()
      for path in files.paths where contents[path] == nil { _ = try? files.remove(path) }
      for (path, content) in contents {
        if files.content(path) == nil { _ = try? files.open(path, .replace) }
        files.setContent(path, content)
      }
    }

    /// The numbers of the batches that damage hit.
    func batches(in damage: Damage) -> [Int] {
      var position = 0
      var hit: [Int] = []
      for (_, bytes) in split(contents[damage.path] ?? []) {
        let range = position..<(position + bytes.count)
        if range.overlaps(damage.bytes), let number = batches.firstIndex(of: bytes) { hit.append(number) }
        position = range.upperBound
      }
      return hit
    }

    var end: Int64 { split(batches[batches.count - 1])[0].header.nextOffset }
  }

  /// A batch's leader epoch lies outside its CRC. What a flip there alone does is mended in most places, not in all: at
  /// the ends of segments nothing vouches for it. Kafka sees none of it.
  private func hitsLeaderEpochOnly(_ original: Original, _ damage: Damage) -> Bool {
    guard damage.path.hasSuffix(".log"), damage.bytes.count == 1 else { return false }
    var position = 0
    for (_, bytes) in split(original.contents[damage.path] ?? []) {
      if (position + 12..<position + 16).contains(damage.bytes.lowerBound) { return true }
      position += bytes.count
    }
    return false
  }

  /// How a log ended before it is opened again.
  private enum End: CaseIterable {
    /// In order.
    case clean
    /// By a kill, with everything or nothing before the last checkpoint.
    case killedAfterCheckpoint, killed
    /// By a power loss, or so it seems.
    case lostPower
  }

  /// What was done to a file.
  private struct Damage {
    var path: String
    /// Bytes that are not what they were, or not there.
    var bytes: Range<Int>
    var text: String { "\(path), bytes \(bytes)" }
  }

  /// Opens the damaged log, reads it whole, and appends.
  private func check(_ original: Original, _ damage: Damage, _ end: End, maxBytes: Int) throws {
    var log = try TestLog(
      files: original.files, configuration: original.configuration,
      recoveryPoint: end == .killed || end == .lostPower ? 0 : original.end, clean: end == .clean,
      pagesSurvived: end == .killed || end == .killedAfterCheckpoint)
    var served: [[UInt8]] = []
    var next = log.log.logStartOffset
    while next < log.log.logEndOffset, let bytes = try log.readMending(from: next, maxBytes: maxBytes) {
      let whole = split(bytes)
      guard let last = whole.last, last.header.nextOffset > next else { break }
      served += whole.map(\.bytes)
      next = last.header.nextOffset
    }
    let isLog = damage.path.hasSuffix(".log")
    // The leader epoch of the very last batch nothing vouches for while no checkpoint does.
    if end == .killed || end == .lostPower, let last = original.batches.last, served.last?[16...] == last[16...] {
      served[served.count - 1] = last
    }
    if isLog {
      let hit = original.batches(in: damage)
      let expected = end == .lostPower ? Array(original.batches[..<(hit.first ?? original.batches.count)]) : nil
      let missing = original.batches.indices.filter { !served.contains(original.batches[$0]) }
      #expect(served == original.batches.filter { served.contains($0) }, "a wrong batch was served: \(damage.text)")
      if let expected {
        #expect(served.starts(with: expected), "less was served: \(damage.text)")
      } else {
        #expect(Set(missing).isSubset(of: hit), "\(missing) are missing, \(hit) were hit: \(damage.text), \(end)")
        let told = log.notes + log.log.recovery.mendedFiles
        // That the newest file was cut between two batches only the checkpoint can tell.
        let canTell = end != .killed || damage.path != original.contents.keys.filter { $0.hasSuffix(".log") }.max()
        #expect(
          missing.isEmpty || !told.isEmpty || log.log.recovery.truncatedBytes > 0 || !canTell, "untold: \(damage.text)")
      }
    } else {
      #expect(served == original.batches, "after damage to \(damage.text)")
      #expect(log.log.leaderEpochs == original.epochs, "after damage to \(damage.text)")
      try checkTimes(original, &log, damage)
    }
    // It goes on from where it is, and what was mended stays so.
    let logEnd = log.log.logEndOffset
    #expect(try log.append(BatchBuilder(), leaderEpoch: 9).baseOffset == logEnd)
    try checkAgain(original, &log, served, damage)
  }

  /// Opened once more, after a clean end or a kill, the log is the same and nothing is wrong with it.
  private func checkAgain(_ original: Original, _ log: inout TestLog, _ served: [[UInt8]], _ damage: Damage) throws {
    try log.log.close()
    log = try TestLog(files: original.files, configuration: original.configuration, pagesSurvived: true)
    let recovery = log.log.recovery
    #expect(recovery.isClean, "still damaged: \(recovery) after \(damage.text)")
    #expect(try log.batches().dropLast() == served[...], "after mending \(damage.text)")
  }

  private func checkTimes(_ original: Original, _ log: inout TestLog, _ damage: Damage) throws {
    for target in stride(from: Int64(990), through: 1180, by: 7) {
      let expected = original.batches.first { split($0)[0].header.maxTimestamp >= target }
      let found = try log.log.timestampSearch(atLeast: target).resolve()
      #expect(
        found?.position.offset == expected.map { split($0)[0].header.baseOffset },
        "timestamp \(target) after damage to \(damage.text)")
    }
  }

  @Test func damageIsCutMendedOrTold() throws {
    var run = FuzzRun("log damage")
    let original = try Original()
    let paths = original.contents.keys.sorted()
    #expect(paths.contains { $0.hasSuffix("leader-epoch-checkpoint") } && paths.contains { $0.hasSuffix(".snapshot") })
    #expect(paths.filter { $0.hasSuffix(".timeindex") }.count > 3)
    while run.next() {
      original.restore()
      let path = paths.randomElement(using: &run.random) ?? ""
      var content = original.contents[path] ?? []
      guard !content.isEmpty else { continue }
      let place = Int.random(in: 0..<content.count, using: &run.random)
      var damage = Damage(path: path, bytes: place..<content.count)
      switch Int.random(in: 0..<4, using: &run.random) {
      case 0: content.removeLast(content.count - place)
      case 1: content.replaceSubrange(place..., with: repeatElement(0, count: content.count - place))
      default:
        content[place] ^= 1 << UInt8.random(in: 0..<8, using: &run.random)
        damage.bytes = place..<(place + 1)
      }
      if hitsLeaderEpochOnly(original, damage) { continue }
      original.files.setContent(path, content)
      let end = End.allCases.randomElement(using: &run.random) ?? .clean
      try check(original, damage, end, maxBytes: Bool.random(using: &run.random) ? 1 : 4000)
    }
    print("log damage: \(run.count) times")
  }

  @Test func lostFilesAreMadeAnew() throws {
    let original = try Original()
    for path in original.contents.keys.sorted() where !path.hasSuffix(".log") {
      original.restore()
      try original.files.remove(path)
      try check(original, Damage(path: path, bytes: 0..<0), .clean, maxBytes: 1)
    }
  }
}
