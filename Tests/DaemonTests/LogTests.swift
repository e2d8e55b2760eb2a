import Base
import Daemon
import Glibc
import Testing

@Suite struct LogTests {
  /// What `body` logs, read back from a pipe.
  private func lines(
    _ style: LogStyle, level: LogLevel = .debug, clock: @escaping @Sendable () -> Moment = { .noon },
    _ body: (Log) -> Void
  ) -> [String] {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    body(Log(descriptor: ends[1], level: level, style: style, clock: clock))
    close(ends[1])
    defer { close(ends[0]) }
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    let count = read(ends[0], &bytes, bytes.count)
    return String(decoding: bytes[..<max(0, count)], as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test func writesTimeLevelMessageAndFields() {
    let lines = lines(.plain) { log in
      log.warning("connection closed", ["peer": "10.0.0.7:51034", "bytes": 12, "reason": "a \"bad\" frame"])
    }
    #expect(
      lines == [
        "2026-11-24T12:00:00.250Z warning connection closed peer=10.0.0.7:51034 bytes=12 reason=\"a \\\"bad\\\" frame\""
      ])
  }

  @Test func givesTheJournalPrioritiesAndNoTime() {
    let lines = lines(.journal) { log in
      log.error("one")
      log.warning("two")
      log.notice("three")
      log.info("four")
      log.debug("five")
    }
    #expect(lines == ["<3>one", "<4>two", "<5>three", "<6>four", "<7>five"])
  }

  @Test func leavesOutWhatIsBelowItsLevel() {
    #expect(
      lines(.journal, level: .notice) { log in
        log.info("not this")
        log.notice("this")
      } == ["<5>this"])
  }

  @Test func keepsForeignTextOnOneLine() {
    let lines = lines(.journal) { log in
      log.info("first\n<0>second\u{1B}[2J", ["key": "a\r\nb"])
    }
    #expect(lines == ["<6>first\\n<0>second\\x1b[2J key=\"a\\xd\\nb\""])
  }

  @Test func cutsLongLines() {
    let lines = lines(.journal) { $0.info(String(repeating: "x", count: 100_000)) }
    #expect(lines.count == 1)
    #expect(lines[0].utf8.count < 4096)
  }

  @Test func addsTheContext() {
    #expect(lines(.journal) { $0.with(["broker": 1]).info("up", ["port": 9092]) } == ["<6>up port=9092 broker=1"])
  }

  @Test func coloursForTerminals() {
    let lines = lines(.terminal) { $0.error("broken") }
    #expect(lines[0].hasSuffix("\u{1B}[1;31merror\u{1B}[0m broken"))
  }

  @Test func countsWhatItSuppresses() {
    let clock = SettableClock()
    let lines = lines(.journal, clock: { clock.now }) { log in
      for second in [0, 1, 2, 9, 10, 11, 20] as [Int64] {
        clock.set(monotonic: second * 1_000_000_000)
        log.limited("frames", everySeconds: 10)?.warning("bad frame")
      }
    }
    #expect(lines == ["<4>bad frame", "<4>bad frame suppressed=3", "<4>bad frame suppressed=1"])
  }

  @Test func limiterStaysSmall() {
    var limiter = LogLimiter()
    for key in 0..<10_000 { _ = limiter.admit("\(key)", now: 0, interval: 10) }
    #expect(limiter.admit("late", now: 5, interval: 10) == nil)
    #expect(limiter.admit("later", now: 10, interval: 10) == 0)
  }

  @Test func tellsTheJournalFromAPipe() {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { ends.forEach { close($0) } }
    var status = stat()
    #expect(fstat(ends[1], &status) == 0)
    guard case .journal = LogStyle.fitting(ends[1], journalStream: "\(status.st_dev):\(status.st_ino)") else {
      Issue.record("the journal's stream was not recognized")
      return
    }
    guard case .plain = LogStyle.fitting(ends[1], journalStream: "1:2") else {
      Issue.record("a pipe was taken for the journal")
      return
    }
  }
}

extension Moment {
  fileprivate static let noon = Moment(monotonic: 0, wall: 1_795_521_600_250)
}
