import AgentCore
import Base
import Testing

@Suite struct FileSourceTests {
  private func tail(_ include: [String] = ["/log/*.log"], lineLimit: Int = 1_000_000) throws -> Tail {
    Tail(MemoryFiles(), try Tail.settings(include, lineLimit: lineLimit))
  }

  @Test func sendsLinesWithTheirBytes() throws {
    var tail = try tail()
    tail.files.append("/log/a.log", "one\n\ntwo\r\nth\rree\n\r\n")
    tail.run()
    #expect(tail.sink.texts == ["one", "", "two\r", "th\rree", "\r"])
    tail.files.append("/log/a.log", Array("\u{0}x".utf8) + [0xFF, 0xC3, 0x0A])
    tail.run()
    #expect(tail.sink.records.last?.value == [0, 0x78, 0xFF, 0xC3])
  }

  @Test func routesByTemplates() throws {
    let placeholders = FileSourceSettings.placeholders
    let settings = FileSourceSettings(
      name: "web", host: "h1", include: [try GlobPattern("/log/*.log")],
      topic: try Template("l {basename}", placeholders: placeholders),
      key: try Template("{host}/{source}{directory}", placeholders: placeholders))
    let files = MemoryFiles()
    files.append("/log/a.log", "x\n")
    var source = FileSource(files, settings, number: 7, stored: nil)
    struct Sink: RecordSink {
      var routes: [RecordRoute] = []
      var tokens: [DeliveryToken] = []
      mutating func send(_ run: RecordRun) -> Int {
        routes.append(run.route)
        tokens.append(run.token)
        return run.extents.count
      }
    }
    var sink = Sink()
    source.scan(Moment(monotonic: 0, wall: 0))
    while source.turn(Moment(monotonic: 0, wall: 0), into: &sink) == .more {}
    let route = try #require(sink.routes.first)
    #expect(route.topic == "l_a.log")
    #expect(route.key == Array("h1/web/log".utf8))
    #expect(route.headers == [.init("host", "h1"), .init("source", "web"), .init("path", "/log/a.log")])
    #expect(sink.tokens.first?.source == 7)
  }

  @Test func waitsWithALineThatHasNoEnd() throws {
    var tail = try tail()
    tail.files.append("/log/a.log", "one\ntw")
    tail.run()
    #expect(tail.sink.texts == ["one"])
    #expect(tail.source.nextDeadline == tail.now.deadline(afterMilliseconds: 5000))
    tail.wait(4000)
    tail.files.append("/log/a.log", "o")
    tail.run()
    tail.wait(4000)
    tail.run()
    #expect(tail.sink.texts == ["one"])
    tail.files.append("/log/a.log", "\n")
    tail.run()
    #expect(tail.sink.texts == ["one", "two"])
    #expect(tail.sink.records.allSatisfy { $0.mark.isEmpty })
    #expect(tail.source.nextDeadline == nil)
  }

  @Test func sendsALastLineWithoutEndOnceItRests() throws {
    var tail = try tail()
    tail.files.append("/log/a.log", "one\ntwo")
    tail.run()
    tail.wait(5000)
    tail.run()
    #expect(tail.sink.texts == ["one", "two"])
    #expect(tail.sink.records.last?.mark == .unterminated)
    tail.wait(60_000)
    tail.run()
    #expect(tail.sink.texts == ["one", "two"])
    // Only its end comes: nothing is sent twice.
    tail.files.append("/log/a.log", "\nthree\n")
    tail.run()
    #expect(tail.sink.texts == ["one", "two", "three"])
    #expect(tail.sink.records.last?.mark == [])
    tail.acknowledgeAll()
    #expect(tail.source.storedPositions.first?.position == FilePosition(offset: 14))
  }

  @Test func sendsALineAgainThatWasNotWhole() throws {
    var tail = try tail()
    tail.files.append("/log/a.log", "tw")
    tail.run()
    tail.wait(5000)
    tail.run()
    tail.acknowledgeAll()
    try tail.restart()
    tail.run()
    #expect(tail.sink.texts == ["tw"])
    tail.files.append("/log/a.log", "o\nx\n")
    tail.run()
    #expect(tail.sink.texts == ["tw", "two", "x"])
    #expect(tail.sink.records.map(\.mark) == [.unterminated, .completed, []])
  }

  @Test func doesNotWaitForWhatIsOld() throws {
    var tail = try tail()
    tail.files.append("/log/a.log", "two")
    tail.wait(5000)
    tail.run()
    #expect(tail.sink.texts == ["two"])
  }

  @Test(arguments: [7, 64, 1 << 17, 1 << 20])
  func cutsLongLines(limit: Int) throws {
    var tail = try tail(lineLimit: limit)
    func line(_ length: Int) -> String { String((0..<length).map { Character(Unicode.Scalar(UInt8(97 + $0 % 26))) }) }
    let lengths = [limit - 1, limit, limit + 1, 2 * limit, 2 * limit + 1, 0, 3]
    tail.files.append("/log/a.log", lengths.map { line($0) + "\n" }.joined())
    tail.run()
    var joined: [String] = []
    var isOpen = false
    for record in tail.sink.records {
      #expect(record.value.count <= limit)
      if isOpen { joined[joined.count - 1] += record.text } else { joined.append(record.text) }
      #expect(record.mark.contains(.lastPart) == (isOpen && !record.mark.contains(.part)))
      isOpen = record.mark.contains(.part)
    }
    #expect(joined == lengths.map { line($0) })
    #expect(tail.source.events.filter { if case .longLine = $0 { true } else { false } }.count == 3)
    // A restart inside a long line goes on inside it.
    tail.files.append("/log/a.log", line(limit + 1))
    tail.run()
    #expect(tail.sink.records.last?.mark == .part)
    tail.acknowledgeAll()
    try tail.restart()
    tail.files.append("/log/a.log", "!\n")
    tail.run()
    #expect(tail.sink.records.last?.mark == .lastPart)
    #expect(tail.sink.records.last?.value.count == 2)
  }

  @Test func growsALongLineBitByBit() throws {
    var tail = try tail()
    var expected = ""
    for index in 0..<60 {
      let piece = String(repeating: String(index % 10), count: 10_000)
      expected += piece
      tail.files.append("/log/a.log", piece)
      tail.run()
    }
    #expect(tail.sink.records.isEmpty)
    tail.files.append("/log/a.log", "\nnext\n")
    tail.run()
    #expect(tail.sink.texts == [expected, "next"])
  }

  @Test func followsARenamedFileToItsEnd() throws {
    var tail = try tail()
    tail.files.append("/log/a.log", "1\n2\n")
    tail.run()
    tail.files.append("/log/a.log", "3\n")
    tail.files.move("/log/a.log", "/log/a.log.1")
    tail.files.append("/log/a.log", "5\n")
    tail.files.append("/log/a.log.1", "4\n")
    tail.run()
    #expect(tail.sink.texts(of: "/log/a.log") == ["1", "2", "3", "4", "5"])
    // The writer may not know yet.
    tail.files.append("/log/a.log.1", "late\n")
    tail.run()
    #expect(tail.sink.texts.last == "late")
    tail.acknowledgeAll()
    tail.wait(121_000)
    tail.run()
    #expect(tail.source.storedPositions.map(\.path) == ["/log/a.log"])
    #expect(tail.files.openCount == 1)
  }

  @Test func findsARenamedFileAfterARestart() throws {
    var tail = try tail()
    tail.files.append("/log/a.log", "1\n2\n")
    tail.run()
    tail.acknowledgeAll()
    tail.files.append("/log/a.log", "3\n4")
    tail.files.move("/log/a.log", "/log/a.log.1")
    tail.files.append("/log/a.log", "5\n")
    tail.wait(10_000)
    try tail.restart()
    tail.run()
    #expect(tail.sink.texts(of: "/log/a.log") == ["1", "2", "3", "4", "5"])
  }

  @Test func keepsItsPlaceWhenTheGlobMatchesTheNewName() throws {
    var tail = try tail(["/log/a.log*"])
    tail.files.append("/log/a.log", "1\n")
    tail.run()
    tail.files.move("/log/a.log", "/log/a.log.1")
    tail.files.append("/log/a.log.1", "2\n")
    tail.files.append("/log/a.log", "3\n")
    tail.run()
    tail.acknowledgeAll()
    try tail.restart()
    tail.run()
    #expect(tail.sink.texts(of: "/log/a.log") == ["1", "2", "3"])
    #expect(tail.sink.records.count == 3)
  }

  @Test func readsTheNextFileWhenTheRenamedOneWasReadLongAgo() throws {
    var tail = try tail(["/log/a.log*"])
    tail.files.append("/log/a.log", "1\n")
    tail.run()
    tail.acknowledgeAll()
    tail.files.move("/log/a.log", "/log/a.log.1")
    tail.files.append("/log/a.log", "2\n")
    tail.run()
    #expect(tail.sink.texts(of: "/log/a.log") == ["1", "2"])
  }

  @Test func readsADeletedFileOn() throws {
    var tail = try tail()
    tail.files.append("/log/a.log", "1\n2\n")
    tail.sink.room = 1
    tail.run()
    tail.files.delete("/log/a.log")
    tail.files.append("/log/a.log", "3\n")
    tail.sink.room = .max
    tail.run()
    #expect(tail.sink.texts == ["1", "2", "3"])
    tail.acknowledgeAll()
    tail.wait(200_000)
    tail.run()
    tail.run()
    #expect(tail.files.openCount == 1)
  }

  @Test func noticesTruncation() throws {
    var tail = try tail()
    tail.files.append("/log/a.log", "1\n2\n")
    tail.run()
    tail.files.truncate("/log/a.log")
    tail.files.append("/log/a.log", "3\n")
    tail.run()
    // Longer than before at once: only the first bytes tell.
    tail.files.truncate("/log/a.log")
    tail.files.append("/log/a.log", "4\n5\n6\n7\n")
    tail.run()
    #expect(tail.sink.texts == ["1", "2", "3", "4", "5", "6", "7"])
    #expect(
      tail.source.events.filter { $0 == .truncated(path: "/log/a.log", unread: 0) }.count == 2)
    tail.acknowledgeAll()
    #expect(tail.source.storedPositions.count == 1)
  }

  @Test func saysWhatTruncationTook() throws {
    var tail = try tail()
    tail.files.append("/log/a.log", "1\n2\n3\n")
    tail.sink.room = 1
    tail.run()
    tail.files.truncate("/log/a.log")
    tail.sink.room = .max
    tail.run()
    #expect(tail.source.events.contains(.truncated(path: "/log/a.log", unread: 4)))
    #expect(tail.sink.texts == ["1"])
  }

  @Test(arguments: [false, true], [false, true])
  func readsTheCopyOfATruncatedFile(copyMatches: Bool, restarted: Bool) throws {
    var tail = try tail(copyMatches ? ["/log/a.log*"] : ["/log/*.log"])
    tail.files.append("/log/a.log", "1\n2\n3\n")
    tail.sink.room = 1
    tail.run()
    tail.acknowledgeAll()
    tail.files.copy("/log/a.log", to: "/log/a.log.1")
    tail.files.truncate("/log/a.log")
    tail.files.append("/log/a.log", "4\n")
    if restarted { try tail.restart() }
    tail.sink.room = .max
    tail.run()
    #expect(tail.sink.texts == ["1", "2", "3", "4"])
    #expect(tail.source.events.contains(.copied(path: "/log/a.log", copy: "/log/a.log.1")))
  }

  @Test func filesThatOnlyBeginAlikeAreNoCopies() throws {
    var tail = try tail(["/log/a.log*"])
    let head = String(repeating: "#", count: 2000) + "\n"
    tail.files.append("/log/a.log", head + "1\n2\n")
    tail.run()
    tail.files.append("/log/a.log.other", head + "3\n4\n5\n")
    tail.run()
    #expect(tail.sink.texts(of: "/log/a.log.other").dropFirst() == ["3", "4", "5"])
    // Of a copy only what the original has not sent yet is read.
    tail.files.copy("/log/a.log", to: "/log/a.log.copy")
    tail.run()
    #expect(tail.sink.texts(of: "/log/a.log.copy") == [])
  }

  @Test func doesNotMistakeAReusedInode() throws {
    var tail = try tail()
    tail.files.append("/log/a.log", "aaaa\nbbbb\n")
    tail.run()
    tail.acknowledgeAll()
    let stored = tail.source.storedPositions
    // A process that ended; its file is deleted and the inode serves another one.
    let files = MemoryFiles()
    files.append("/log/b.log", "cccc\ndddd\neeee\n")
    tail = Tail(files, tail.settings, stored: stored)
    #expect(try files.status(path: "/log/b.log")?.inode == stored.first?.key.inode)
    tail.run()
    #expect(tail.sink.texts(of: "/log/b.log") == ["cccc", "dddd", "eeee"])
    #expect(tail.source.events.contains(.replaced(path: "/log/b.log")))
  }

  @Test func stopsWhereTheSinkIsFull() throws {
    var tail = try tail()
    tail.files.append("/log/a.log", (0..<100).map { "a\($0)\n" }.joined())
    tail.files.append("/log/b.log", (0..<100).map { "b\($0)\n" }.joined())
    for room in [0, 1, 50, 3, 0, 17, 200] {
      tail.sink.room = room
      tail.run()
    }
    #expect(tail.sink.texts(of: "/log/a.log") == (0..<100).map { "a\($0)" })
    #expect(tail.sink.texts(of: "/log/b.log") == (0..<100).map { "b\($0)" })
  }

  @Test func takesTurns() throws {
    var tail = try tail()
    let line = String(repeating: "x", count: 999) + "\n"
    for name in ["a", "b"] {
      tail.files.append("/log/\(name).log", String(repeating: line, count: 1000))
    }
    tail.source.scan(tail.now)
    for _ in 0..<4 { #expect(tail.source.turn(tail.now, into: &tail.sink) == .more) }
    let counts = ["a", "b"].map { tail.sink.texts(of: "/log/\($0).log").count }
    #expect(counts[0] == counts[1] && counts[0] > 0)
  }

  @Test func storesOnlyWhatIsAcknowledgedWithoutAGap() throws {
    var tail = try tail()
    for index in 0..<4 {
      tail.files.append("/log/a.log", "\(index)\n")
      tail.run()
    }
    let pending = tail.sink.pending
    #expect(pending.count == 4)
    func stored() -> Int64? { tail.source.storedPositions.first?.position.offset }
    tail.source.settle(pending[1].token, count: 1, .acknowledged)
    tail.source.settle(pending[3].token, count: 1, .acknowledged)
    #expect(stored() == 0)
    tail.source.settle(pending[0].token, count: 1, .acknowledged)
    #expect(stored() == 4)
    tail.source.settle(pending[0].token, count: 1, .acknowledged)
    #expect(stored() == 4)
    tail.source.settle(pending[2].token, count: 1, .refused("too large"))
    #expect(stored() == 8)
    #expect(
      tail.source.events.contains(
        .refused(path: "/log/a.log", from: 4, to: 6, count: 1, reason: "too large")))
  }

  @Test func sendsAgainWhatFailed() throws {
    var tail = try tail()
    for index in 0..<3 {
      tail.files.append("/log/a.log", "\(index)\n")
      tail.run()
    }
    let pending = tail.sink.pending
    tail.source.settle(pending[0].token, count: 1, .acknowledged)
    tail.source.settle(pending[1].token, count: 1, .failed("no leader"))
    tail.source.settle(pending[2].token, count: 1, .failed("no leader"))
    tail.run()
    #expect(tail.sink.texts == ["0", "1", "2", "1", "2"])
    #expect(tail.source.outstanding == 2)
  }

  @Test func saysOnceThatAFileIsUnreadable() throws {
    var tail = try tail()
    tail.files.append("/log/a.log", "1\n")
    tail.files.append("/log/b.log", "2\n")
    tail.files.fail("/log/a.log", 13)
    for _ in 0..<3 { tail.run() }
    let told = tail.source.events.filter { if case .unreadable = $0 { true } else { false } }
    #expect(told.count == 1)
    #expect(tail.sink.texts == ["2"])
    tail.files.fail("/log/a.log", nil)
    tail.run()
    #expect(tail.sink.texts == ["2", "1"])
    #expect(tail.source.events.contains(.readable(path: "/log/a.log")))
  }

  @Test func forgetsNothingWhenADirectoryCannotBeListed() throws {
    var tail = try tail()
    tail.files.append("/log/a.log", "1\n")
    tail.run()
    tail.acknowledgeAll()
    try tail.restart()
    tail.files.fail("/log", 24)
    tail.run()
    tail.files.fail("/log", nil)
    tail.run()
    #expect(tail.sink.texts == ["1"])
  }

  @Test func startsAtTheEndOnlyTheFirstTime() throws {
    let files = MemoryFiles()
    files.append("/log/a.log", "old\nol")
    var tail = Tail(files, try Tail.settings(["/log/*.log"], startsAtEnd: true))
    tail.run()
    files.append("/log/a.log", "d\nnew\n")
    files.append("/log/b.log", "all\n")
    tail.run()
    #expect(tail.sink.texts == ["d", "new", "all"])
    #expect(tail.sink.records.first?.mark == .lastPart)
    tail.acknowledgeAll()
    files.append("/log/c.log", "too\n")
    try tail.restart()
    tail.run()
    #expect(tail.sink.texts.last == "too")
  }

  @Test func closesIdleFilesAndOpensThemAgain() throws {
    var tail = try tail()
    tail.files.append("/log/a.log", "1\n")
    tail.run()
    tail.acknowledgeAll()
    tail.wait(301_000)
    tail.run()
    #expect(tail.files.openCount == 0)
    tail.files.append("/log/a.log", "2\n")
    tail.run()
    tail.acknowledgeAll()
    // Renamed while it is closed.
    tail.wait(301_000)
    tail.run()
    #expect(tail.files.openCount == 0)
    tail.files.append("/log/a.log", "3\n")
    tail.files.move("/log/a.log", "/log/old")
    tail.files.append("/log/a.log", "4\n")
    tail.run()
    #expect(tail.sink.texts == ["1", "2", "3", "4"])
  }

  @Test func keepsFewFilesOpen() throws {
    var tail = try tail()
    for index in 0..<1000 { tail.files.append("/log/\(index).log", "x\n") }
    tail.run()
    #expect(tail.sink.records.count == 1000)
    #expect(tail.files.openCount <= 600)
  }
}
