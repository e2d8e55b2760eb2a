import AgentCore
import Base
import Glibc
import Journal
import TestKit
import Testing

@Suite(
  .enabled(
    if: TemporaryJournal.canBeMade, "needs systemd-journal-remote and journalctl (Debian: systemd-journal-remote)"))
struct JournalSourceTests {
  private func messages(_ sink: EntrySink) throws -> [String] {
    try sink.entries.map { entry in
      guard case .string(let text) = try JSONValue(parsing: entry.json)["MESSAGE"] else { return "?" }
      return text
    }
  }

  private func numbered(_ range: Range<Int>, _ more: KeyValuePairs<String, String> = [:]) -> [[(String, [UInt8])]] {
    range.map { .entry(["MESSAGE": "m\($0)", "PRIORITY": "\($0 % 8)"]) + .entry(more) }
  }

  /// Values of every kind that JSON treats in its own way.
  private func strangeEntries() -> [[(String, [UInt8])]] {
    let values: [[UInt8]] = [
      [], Array("plain".utf8), Array("two\nlines\n".utf8), Array("tab\tquote\"back\\slash/".utf8), Array("é漢🪵".utf8),
      Array("eight by eight!!".utf8), Array("1234567\"".utf8), Array("12345678\\".utf8),
      [0x1B, 0x5B, 0x33, 0x31, 0x6D],
      [0x7F], [0xC2, 0x85], [0xC2, 0xA0], [0xFF, 0xFE], [0xC3], [0x61, 0xC3, 0x28], [0xED, 0xA0, 0x80],
      [0xEF, 0xBF, 0xBE],
      [0xEF, 0xB7, 0x90], [0xEF, 0xBF, 0xBD], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xF0, 0x80, 0x80, 0xAF],
      [0xF4, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBD], [0xF5, 0x80, 0x80, 0x80], [0x00], [0x61, 0x00, 0x62], [0x0D],
      [0x08, 0x0C], Array(repeating: 0x78, count: 10_000), Array(repeating: 0xF0, count: 5000), Array(0...255),
    ]
    var entries = values.map { [("MESSAGE", $0), ("OTHER", Array("x".utf8))] }
    entries.append([
      ("MESSAGE", Array("a".utf8)), ("MULTI", [0x31]), ("MULTI", [0x32]), ("MULTI", [0x00]), ("Z", [0x5A]),
    ])
    entries.append([("MESSAGE", Array("a".utf8)), ("MESSAGE", Array("b".utf8)), ("X_1", []), ("X_2", [])])
    return entries
  }

  @Test func entriesEqualThoseOfJournalctl() throws {
    let journal = try TemporaryJournal()
    try journal.add("strange", strangeEntries())
    let source = JournalSource(try .test(journal.directory), number: 0, stored: nil)
    var sink = EntrySink()
    source.run(into: &sink)
    let expected = try journal.journalctl()
    #expect(expected.count == strangeEntries().count)
    try #require(sink.entries.count == expected.count)
    for (entry, line) in zip(sink.entries, expected) {
      #expect(try JSONValue(parsing: entry.json) == JSONValue(parsing: line))
      #expect(entry.mark == [])
    }
    #expect(sink.entries.first?.timestamp == 1_700_000_001_000)
  }

  private func numberedEntry(_ index: Int) -> [(String, [UInt8])] {
    let end = index % 100 == 0 ? "\nwith a second line" : ""
    var fields: [(String, [UInt8])] = .entry([
      "MESSAGE": "message number \(index)\(end)", "PRIORITY": "6", "_SYSTEMD_UNIT": "u\(index % 7).service",
      "SYSLOG_IDENTIFIER": "u\(index % 7)", "_PID": "\(index)", "_HOSTNAME": "far", "_TRANSPORT": "stdout",
    ])
    if index % 50 == 0 { fields.append(("BLOB", [0, 1, 2, UInt8(index / 50 % 256)])) }
    return fields
  }

  @Test func fiftyThousandEntriesArriveInOrder() throws {
    let journal = try TemporaryJournal()
    let count = 50_000
    try journal.add("many", (0..<count).map(numberedEntry))
    let seed = UInt64.random(in: 0...UInt64.max)
    print("journal in pieces: seed \(seed)")
    var random = SeededRandom(seed: seed)
    // Read in pieces, each by a new process that goes on from what was acknowledged.
    var stored: String?? = nil
    var arrived: [[UInt8]] = []
    while arrived.count < count {
      let source = JournalSource(try .test(journal.directory), number: 0, stored: stored)
      var sink = EntrySink()
      sink.room = Int.random(in: 1...20_000, using: &random)
      source.run(into: &sink)
      // Acknowledged in any order, one by one or together.
      var tokens = Dictionary(grouping: sink.entries, by: \.token).map { ($0.key, $0.value.count) }
      tokens.sort { $0.0.span < $1.0.span }
      for (token, count) in tokens.shuffled(using: &random) { source.settle(token, count: count, .acknowledged) }
      arrived += sink.entries.map(\.json)
      #expect(source.outstanding == 0)
      #expect(source.events.allSatisfy { if case .opened = $0 { true } else { false } })
      stored = .some(source.storedCursor)
    }
    let expected = try journal.journalctl()
    try #require(arrived.count == count && expected.count == count)
    for index in stride(from: 0, to: count, by: 97) {
      #expect(try JSONValue(parsing: arrived[index]) == JSONValue(parsing: expected[index]))
    }
    let order = arrived.enumerated().allSatisfy { index, json in
      String(decoding: json, as: UTF8.self).contains("\"message number \(index)\(index % 100 == 0 ? "\\n" : "\"")")
    }
    #expect(order)
  }

  @Test func filtersAsJournalctlDoes() throws {
    let journal = try TemporaryJournal()
    var entries: [[(String, [UInt8])]] = []
    for index in 0..<64 {
      entries.append(
        .entry([
          "MESSAGE": "m\(index)", "PRIORITY": "\(index % 8)",
          "_SYSTEMD_UNIT": ["a.service", "b.service", "c.socket"][index % 3],
          "_UID": index % 5 == 0 ? "0" : "7",
        ]))
    }
    entries.append(
      .entry(["MESSAGE": "started", "_PID": "1", "UNIT": "a.service", "PRIORITY": "6", "_SYSTEMD_UNIT": "init.scope"]))
    entries.append(
      .entry(["MESSAGE": "forged", "_PID": "2", "UNIT": "a.service", "PRIORITY": "6", "_SYSTEMD_UNIT": "x.service"]))
    entries.append(
      .entry([
        "MESSAGE": "crashed", "MESSAGE_ID": "fc2e22bc6ee647b6b90729ab34a250b1", "_UID": "0",
        "COREDUMP_UNIT": "a.service",
        "PRIORITY": "2", "_SYSTEMD_UNIT": "systemd-coredump@1.service",
      ]))
    entries.append(.entry(["MESSAGE": "about", "_UID": "0", "OBJECT_SYSTEMD_UNIT": "c.socket", "PRIORITY": "3"]))
    try journal.add("units", entries)
    let filters: [(JournalFilter, String)] = [
      (JournalFilter(units: ["a"]), "-u a"), (JournalFilter(units: ["a", "c.socket"]), "-u a -u c.socket"),
      (JournalFilter(priority: 4), "-p warning"), (JournalFilter(priority: 0), "-p emerg"),
      (JournalFilter(units: ["a"], priority: 3), "-u a -p err"), (JournalFilter(units: ["none"]), "-u none"),
      (JournalFilter(), ""),
    ]
    for (filter, options) in filters {
      let source = JournalSource(try .test(journal.directory, filter: filter), number: 0, stored: nil)
      var sink = EntrySink()
      source.run(into: &sink)
      let expected = try journal.journalctl(options).map { try JSONValue(parsing: $0) }
      #expect(try sink.entries.map { try JSONValue(parsing: $0.json) } == expected, "\(options)")
    }
  }

  @Test func goesOnAtTheNextEntryWhenItsOwnIsGone() throws {
    let journal = try TemporaryJournal()
    try journal.add("old", numbered(0..<20))
    try journal.add("new", numbered(20..<40))
    let first = JournalSource(try .test(journal.directory), number: 0, stored: nil)
    var sink = EntrySink()
    sink.room = 10
    first.run(into: &sink)
    for entry in sink.entries { first.settle(entry.token, count: 1, .acknowledged) }
    let cursor = try #require(first.storedCursor)
    unlink("\(journal.directory)/old.journal")
    let second = JournalSource(try .test(journal.directory), number: 0, stored: cursor)
    sink = EntrySink()
    second.run(into: &sink)
    #expect(try messages(sink) == (20..<40).map { "m\($0)" })
    #expect(second.events.contains(.entryGone(cursor: cursor)))
  }

  @Test func waitsForNewEntries() throws {
    let journal = try TemporaryJournal()
    try journal.add("a", numbered(0..<5))
    let source = JournalSource(try .test(journal.directory), number: 0, stored: nil)
    var sink = EntrySink()
    source.run(into: &sink)
    #expect(sink.entries.count == 5)
    let descriptor = try #require(source.descriptor)
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    #expect(poll(&waiting, 1, 0) == 0, "an idle journal wakes nobody")
    try journal.add("b", numbered(5..<9))
    // The file is there first and gets its entries later, each a change.
    var rounds = 0
    while sink.entries.count < 9 && rounds < 100 {
      rounds += 1
      try #require(poll(&waiting, 1, 5000) == 1)
      source.run(into: &sink)
    }
    #expect(try messages(sink) == (0..<9).map { "m\($0)" })
  }

  @Test func startsAtTheEndWhenToldTo() throws {
    let journal = try TemporaryJournal()
    try journal.add("a", numbered(0..<5))
    let settings = try JournalSourceSettings.test(journal.directory, startsAtEnd: true)
    let source = JournalSource(settings, number: 0, stored: nil)
    var sink = EntrySink()
    source.run(into: &sink)
    let stored = source.storedCursor
    #expect(sink.entries.isEmpty && stored != nil)
    try journal.add("b", numbered(5..<7))
    source.run(into: &sink)
    #expect(try messages(sink) == ["m5", "m6"])
    sink = EntrySink()
    JournalSource(settings, number: 0, stored: stored).run(into: &sink)
    #expect(try messages(sink) == ["m5", "m6"])
  }

  @Test func sendsAgainWhatFailed() throws {
    let journal = try TemporaryJournal()
    try journal.add("a", numbered(0..<600))
    let source = JournalSource(try .test(journal.directory), number: 0, stored: nil)
    var sink = EntrySink()
    source.run(into: &sink)
    let tokens = sink.entries.map(\.token)
    source.settle(tokens[0], count: tokens.filter { $0 == tokens[0] }.count, .acknowledged)
    source.settle(tokens[599], count: 1, .failed("no leader"))
    source.settle(tokens[300], count: 1, .acknowledged)
    sink = EntrySink()
    source.run(into: &sink)
    #expect(try messages(sink) == (256..<600).map { "m\($0)" })
  }

  @Test func leavesOutWhatIsTooLarge() throws {
    let journal = try TemporaryJournal()
    try journal.add(
      "a",
      [
        [("MESSAGE", Array("small".utf8)), ("BLOB", Array(repeating: 0x41, count: 5000))],
        [("MESSAGE", Array("bytes".utf8)), ("BLOB", Array(repeating: 0xFF, count: 1000))],
        [("MESSAGE", Array("fits".utf8)), ("BLOB", Array(repeating: 0x42, count: 1000))],
      ])
    let source = JournalSource(try .test(journal.directory, entryLimit: 2000), number: 0, stored: nil)
    var sink = EntrySink()
    source.run(into: &sink)
    #expect(try messages(sink) == ["small", "bytes", "fits"])
    #expect(try JSONValue(parsing: sink.entries[0].json)["BLOB"] == .null)
    #expect(try JSONValue(parsing: sink.entries[1].json)["BLOB"] == .null)
    #expect(try JSONValue(parsing: sink.entries[2].json)["BLOB"] == .string(String(repeating: "B", count: 1000)))
    #expect(sink.entries.map(\.mark) == [.cut, .cut, []])
    #expect(sink.entries.allSatisfy { $0.json.count <= 2000 })
    #expect(source.events.filter { if case .cut = $0 { true } else { false } }.count == 2)
  }

  @Test func routesByUnit() throws {
    let journal = try TemporaryJournal()
    try journal.add(
      "a",
      [
        .entry(["MESSAGE": "1", "_SYSTEMD_UNIT": "a.service", "SYSLOG_IDENTIFIER": "x"]),
        .entry(["MESSAGE": "2", "SYSLOG_IDENTIFIER": "kernel", "_TRANSPORT": "kernel"]),
        .entry(["MESSAGE": "3", "_TRANSPORT": "audit"]), .entry(["MESSAGE": "4"]),
      ])
    let source = JournalSource(try .test(journal.directory), number: 3, stored: nil)
    var sink = EntrySink()
    source.run(into: &sink)
    #expect(
      sink.entries.map { String(decoding: $0.route.key, as: UTF8.self) } == [
        "h1:a.service", "h1:kernel", "h1:audit", "h1:",
      ])
    #expect(sink.entries[0].route.headers.map(\.name) == ["host", "source", "unit"])
    #expect(sink.entries[0].token.source == 3)
  }

  @Test func triesAgainWhenItCannotBeOpened() throws {
    let journal = try TemporaryJournal()
    let source = JournalSource(try .test(journal.directory + "/later"), number: 0, stored: nil)
    var sink = EntrySink()
    source.run(into: &sink)
    source.run(into: &sink, at: 5_000_000_000)
    #expect(source.events.count == 1)
    guard case .failed(let error) = source.events.first else {
      Issue.record("\(source.events)")
      return
    }
    #expect(
      error.description
        == "cannot read the journal in \(journal.directory)/later: sd_journal_open_directory: No such file or directory"
    )
    #expect(source.nextDeadline == 10_000_000_000)
    mkdir(journal.directory + "/later", 0o755)
    source.run(into: &sink, at: 10_000_000_000)
    #expect(source.events.last == .opened(cursor: nil))
  }
}
