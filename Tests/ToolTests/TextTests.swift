import ClientCore
import Daemon
import Testing
import Tool

@Suite struct TextTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("2026-11-24T05:17:29.250Z", 1_795_497_449_250),
    ("2026-11-24 06:17:29.2509+01:00", 1_795_497_449_250), ("2026-11-24", 1_795_478_400_000),
    ("2024-02-29T23:59:60z", 1_709_251_200_000), ("1969-12-31T23:59:59.999Z", -1),
    ("0001-01-01T00:00:00-00:30", -62_135_595_000_000),
  ])
  func readsTimes(text: String, milliseconds: Int64) {
    #expect(TimeText.milliseconds(text) == milliseconds)
  }

  @Test(arguments: [
    "", "2026", "2026-13-01", "2026-02-29", "2026-00-10", "2026-11-24T", "2026-11-24T05:17:29", "2026-11-24T24:00:00Z",
    "2026-11-24T05:17:29.Z", "2026-11-24T05:17:29+0100", "2026-11-24T05:17:29Zx", "+026-11-24", "２０26-11-24",
  ])
  func refusesOtherTimes(text: String) {
    #expect(TimeText.milliseconds(text) == nil)
  }

  @Test func readsStarts() {
    let now: Int64 = 10_000_000
    #expect(StartPosition(text: "beginning", now: now) == .beginning)
    #expect(StartPosition(text: "end", now: now) == .end)
    #expect(StartPosition(text: "17", now: now) == .offset(17))
    #expect(StartPosition(text: "-1h", now: now) == .time(6_400_000))
    #expect(StartPosition(text: "-1w", now: now) == .time(0))
    #expect(StartPosition(text: "1970-01-01T00:00:01Z", now: now) == .time(1000))
    for text in ["", "-1", "-1x", "-h", "1h", "99999999999999999999", "-99999999999999w", "1969-01-01"] {
      #expect(StartPosition(text: text, now: now) == nil, "\(text)")
    }
  }

  @Test func writesNumbersForPeople() {
    #expect(0.grouped == "0")
    #expect(1_234_567.grouped == "1,234,567")
    #expect(Int64.min.grouped == "-9,223,372,036,854,775,808")
    #expect(999.humanBytes == "999 B")
    #expect(1000.humanBytes == "1.0 kB")
    #expect(9_949.humanBytes == "9.9 kB")
    #expect(9_960.humanBytes == "10 kB")
    #expect(999_600.humanBytes == "1.0 MB")
    #expect(Int64.max.humanBytes == "9.2 EB")
    #expect((-0.05).rounded(toPlaces: 1) == "-0.1")
    #expect(1.005.rounded(toPlaces: 0) == "1")
    #expect(12.34567.rounded(toPlaces: 2) == "12.35")
  }

  @Test func alignsTables() {
    var table = Table("NAME", "RECORDS", "SIZE")
    table.append(.text("a\u{1B}"), .number(1234), .bytes(5000))
    table.append(.text("longer-name"), .nothing, .bytes(12))
    let person = Terminal(isTerminal: true, hasColours: false, columns: 80)
    #expect(
      table.text(for: person) == """
        NAME         RECORDS    SIZE
        a\\x1b          1,234  5.0 kB
        longer-name        -    12 B

        """)
    let program = Terminal(isTerminal: false, hasColours: false, columns: 80)
    #expect(table.text(for: program) == "a\\x1b        1234  5000\nlonger-name     -    12\n")
  }
}
