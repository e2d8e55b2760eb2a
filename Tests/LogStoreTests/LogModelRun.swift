import Base
import LogStore
import Simulator

/// One random life of a log.
struct LogModelRun {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// How often what happened, so that a test can see that it happened at all.
  struct Counts: CustomStringConvertible {
    var values: [String: Int] = [:]

    mutating func add(_ other: Counts) { values.merge(other.values, uniquingKeysWith: +) }
    mutating func count(_ name: String, _ number: Int = 1) { values[name, default: 0] += number }

    var isBroad: Bool {
      ["append", "read", "roll", "duplicate", "refusal", "crash", "kill", "close", "loss", "removal", "truncation"]
        .allSatisfy { values[$0, default: 0] > 0 }
    }

    var description: String {
      values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
  }

  let seed: UInt64
  var random: SeededRandom
  let files = VirtualFileSystem()
  var configuration = LogConfiguration()
  var test: TestLog
  var model = LogModel()
  var counts = Counts()
  /// What the broker's checkpoint files have.
  var checkpointed: (recoveryPoint: Int64, start: Int64) = (0, 0)
  /// How far an operation under way may have moved the start.
  var attemptedStart: Int64 = 0
  var isTruncating = false
  var trail: [String] = []

  init(seed: UInt64) throws {
    self.seed = seed
    random = SeededRandom(seed: seed)
    configuration.segmentBytes = .random(in: 800...6000, using: &random)
    configuration.indexIntervalBytes = .random(in: 0...600, using: &random)
    configuration.segmentMilliseconds = Bool.random(using: &random) ? 20_000 : .max
    configuration.retentionMilliseconds = -1
    test = try TestLog(files: files, configuration: configuration)
  }

  func check(_ condition: Bool, _ message: @autoclosure () -> String) throws {
    if condition { return }
    let producers = [Int64(1), 2, 3].map { producer in
      let known = test.log.producers[producer]
      return "\(producer): \(model.lastBatches(of: producer).map { ($0.epoch, $0.baseSequence, $0.baseOffset) }) "
        + "known \(known?.epoch ?? -1) \(known?.lastSequence ?? -1) at \(known?.lastOffset ?? -1)"
    }
    throw Failure(
      description:
        "\(message()); start \(model.start), producers \(producers); after \(trail.suffix(40).joined(separator: ", "))")
  }

  mutating func live() throws {
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      if chance(2) { files.stop(afterCalls: .random(in: 0...80, using: &random)) }
      let segments = test.log.segmentCount
      for _ in 0..<Int.random(in: 5...40, using: &random) where test.log.failure == nil && !files.isStopped {
        try step()
      }
      counts.count("roll", max(0, test.log.segmentCount - segments))
      do {
        try restart()
      } catch let error as LogError {
        try check(false, "after a restart: \(error)")
      }
    }
  }

  mutating func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &random) == 0 }

  private mutating func step() throws {
    test.now += .random(in: 0...3000, using: &random)
    files.setCold(chance(5))
    do {
      switch Int.random(in: 0..<24, using: &random) {
      case 0..<8: try append()
      case 8..<11: try appendIdempotent()
      case 11..<15: try read()
      case 15: try search()
      case 16, 17: try sync()
      case 18:
        trail.append("checkpoint")
        try test.log.checkpoint()
        checkpointed = (test.log.recoveryPoint, test.log.logStartOffset)
      case 19:
        trail.append("maintain")
        _ = try test.log.maintain(now: test.now)
      case 20: try retain()
      case 21: try raise()
      case 22 where chance(3): try truncate()
      default: try fillDisk()
      }
    } catch let error as LogError {
      // Only the power may stop a call; everything else is a finding.
      trail.append("\(error)")
      try check(files.isStopped, "it refused: \(error)")
      return
    }
    try check(test.log.logEndOffset == model.end, "the log ends at \(test.log.logEndOffset), not \(model.end)")
    try check(
      test.log.logStartOffset == model.start, "the log starts at \(test.log.logStartOffset), not \(model.start)")
  }
}
