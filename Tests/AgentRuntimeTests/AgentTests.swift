import AgentCore
import AgentRuntime
import Base
import Daemon
import Glibc
import Testing

@Suite struct AgentTests {
  private func source(_ directory: TemporaryDirectory, _ more: String = "") -> String {
    "  - type: file\n    include: \(directory.path)/log/*.log\n    topic: logs\n\(more)"
  }

  @Test func continuesWhereItStopped() async throws {
    let directory = try TemporaryDirectory()
    try directory.append("log/a.log", "1\n2\n")
    for round in 0..<3 {
      let agent = try RunningAgent(directory, sources: source(directory))
      try await eventually("two lines") { agent.producer.texts == ["\(2 * round + 1)", "\(2 * round + 2)"] }
      let (status, _) = try await agent.stop()
      #expect(status == .success)
      try directory.append("log/a.log", "\(2 * round + 3)\n\(2 * round + 4)\n")
    }
  }

  @Test func hearsOfLinesFilesAndRenames() async throws {
    let directory = try TemporaryDirectory()
    try directory.append("log/a.log", "1\n")
    let agent = try RunningAgent(directory, sources: source(directory))
    try await eventually("the first line") { agent.producer.texts == ["1"] }
    try directory.append("log/a.log", "2\n")
    try await eventually("a line") { agent.producer.texts == ["1", "2"] }
    try directory.append("log/b.log", "3\n")
    try await eventually("a new file") { agent.producer.texts == ["1", "2", "3"] }
    try directory.move("log/a.log", "log/a.log.1")
    try directory.append("log/a.log.1", "4\n")
    try directory.append("log/a.log", "5\n")
    try await eventually("a rename") { agent.producer.texts.suffix(2) == ["4", "5"] }
    #expect(
      agent.producer.records.filter { $0.path == "\(directory.path)/log/a.log" }.map(\.text) == ["1", "2", "4", "5"])
    try directory.append("log/a.log.1", "6\n")
    try await eventually("the renamed file is followed") { agent.producer.texts.last == "6" }
    try await agent.stop()
  }

  @Test func sendsALastLineWithoutEnd() async throws {
    let directory = try TemporaryDirectory()
    let agent = try RunningAgent(directory, sources: source(directory, "    last_line_after: 200ms\n"))
    try directory.append("log/a.log", "1\nlast")
    try await eventually("the last line") { agent.producer.texts == ["1", "last"] }
    try await agent.stop()
  }

  @Test func storesOnlyWhatIsAcknowledged() async throws {
    let directory = try TemporaryDirectory()
    try directory.append("log/a.log", "1\n2\n")
    let first = try RunningAgent(directory, sources: source(directory), answer: .hold)
    try await eventually("both lines") { first.producer.texts == ["1", "2"] }
    try await first.stop()
    #expect(try directory.content("agent.stderr").contains("not acknowledged in time"))
    let second = try RunningAgent(directory, sources: source(directory), answer: .hold)
    try await eventually("both lines again") { second.producer.texts == ["1", "2"] }
    second.producer.release()
    try await second.stop()
    let third = try RunningAgent(directory, sources: source(directory))
    try directory.append("log/a.log", "3\n")
    try await eventually("the next line") { third.producer.texts == ["3"] }
    try await third.stop()
  }

  @Test func findsAfterAKillWhatWasAcknowledgedBefore() async throws {
    let directory = try TemporaryDirectory()
    let agent = try RunningAgent(directory, sources: source(directory))
    // Within a second of a store of all positions what moves goes beside it; the machine may be too slow for that at first.
    var count = 0
    var recent = ""
    while recent.isEmpty {
      count += 1
      try directory.append("log/a.log", "\(count)\n")
      let size = try directory.content("log/a.log").utf8.count
      try await eventually("line \(count) is stored") {
        let stored =
          directory.contentIfPresent("state/positions.recent") + directory.contentIfPresent("state/positions")
        return stored.contains(" \(size) 0 0 ")
      }
      recent = directory.contentIfPresent("state/positions.recent")
    }
    // What a kill would leave. Copied in this order, since a store of all positions may come in between.
    let next = try TemporaryDirectory()
    try next.makeDirectory("state")
    try next.append("state/positions.recent", recent)
    try next.append("state/positions", try directory.content("state/positions"))
    try await agent.stop()
    try directory.append("log/a.log", "one more\n")
    let second = try RunningAgent(next, sources: source(directory))
    try await eventually("the next line") { second.producer.texts == ["one more"] }
    try await second.stop()
  }

  @Test func waitsForItsBroker() async throws {
    let directory = try TemporaryDirectory()
    let lines = (0..<2000).map { "line \($0)" }
    let agent = try RunningAgent(directory, sources: source(directory), answer: .away)
    try directory.append("log/a.log", lines.joined(separator: "\n") + "\n")
    try await eventually("it tries") { agent.producer.turnedAway > 0 }
    // It does not try without end: nothing can be waited for where nothing may happen.
    try await Task.sleep(for: .milliseconds(300))
    #expect(agent.producer.turnedAway < 20)
    agent.producer.answer(.acknowledge)
    try await eventually("all lines") { agent.producer.texts == lines }
    try await agent.stop()
  }

  @Test func readsNoFasterThanTheBrokerTakes() async throws {
    let directory = try TemporaryDirectory()
    let lines = (0..<5000).map { "line \($0)" }
    try directory.append("log/a.log", lines.joined(separator: "\n") + "\n")
    let agent = try RunningAgent(directory, sources: source(directory), answer: .hold, limit: 100)
    while agent.producer.texts.count < 5000 {
      try await eventually("the buffer is full") { agent.producer.heldCount == 100 }
      agent.producer.release()
    }
    #expect(agent.producer.texts == lines)
    agent.producer.release()
    try await agent.stop()
  }

  @Test func aTopicThatIsNotReadyHoldsNobodyElseUp() async throws {
    let directory = try TemporaryDirectory()
    let sources = source(directory) + "  - type: file\n    include: \(directory.path)/log/*.late\n    topic: late\n"
    let agent = try RunningAgent(directory, sources: sources)
    agent.producer.miss(["late"])
    try directory.append("log/a.late", "late 1\nlate 2\n")
    try await eventually("it tries") { agent.producer.turnedAway > 0 }
    try directory.append("log/a.log", "1\n")
    try await eventually("the other's line") { agent.producer.texts == ["1"] }
    agent.producer.miss([])
    try await eventually("the late lines") { agent.producer.texts == ["1", "late 1", "late 2"] }
    try await agent.stop()
  }

  @Test func stepsOverWhatIsRefusedAndSaysSo() async throws {
    let directory = try TemporaryDirectory()
    let agent = try RunningAgent(directory, sources: source(directory))
    agent.producer.refuse(["bad"])
    try directory.append("log/a.log", "1\nbad\n2\n")
    try await eventually("the good ones") { agent.producer.texts == ["1", "2"] }
    try await agent.stop()
    let log = try directory.content("agent.stderr")
    #expect(log.contains("refused by the test") && log.contains("path=\(directory.path)/log/a.log"))
    let next = try RunningAgent(directory, sources: source(directory))
    try directory.append("log/a.log", "3\n")
    try await eventually("the next line") { next.producer.texts == ["3"] }
    try await next.stop()
  }

  @Test func sendsAgainWhatFailed() async throws {
    let directory = try TemporaryDirectory()
    let agent = try RunningAgent(directory, sources: source(directory))
    agent.producer.refuse([], failing: ["2"])
    try directory.append("log/a.log", "1\n2\n3\n")
    try await eventually("all in the end") { Set(agent.producer.texts) == ["1", "2", "3"] }
    try await agent.stop()
    #expect(try directory.content("agent.stderr").contains("failed by the test"))
  }

  @Test func sleepsWhenNothingHappens() async throws {
    let directory = try TemporaryDirectory()
    try directory.append("log/a.log", "1\n")
    let agent = try RunningAgent(directory, sources: source(directory))
    try await eventually("the line") { agent.producer.texts == ["1"] }
    try await Task.sleep(for: .seconds(2))
    let (_, rounds) = try await agent.stop()
    #expect(rounds < 12)
  }

  @Test func refusesDamagedPositions() async throws {
    let directory = try TemporaryDirectory()
    mkdir("\(directory.path)/state", 0o755)
    try directory.append("state/positions", "splashdam-agent positions 1\nsource logs\nend 0\n")
    do {
      _ = try RunningAgent(directory, sources: source(directory))
      Issue.record("it started")
    } catch let error as AgentError {
      #expect(error.description.contains("\(directory.path)/state/positions") && error.description.contains("checksum"))
    }
  }

  @Test func keepsPositionsOfSourcesItDoesNotKnow() async throws {
    let directory = try TemporaryDirectory()
    try directory.append("log/a.log", "1\n")
    let first = try RunningAgent(directory, sources: source(directory))
    try await eventually("the line") { first.producer.texts == ["1"] }
    try await first.stop()
    let other = try RunningAgent(directory, sources: "  - {type: file, include: /nowhere/*, topic: other}")
    try await other.stop()
    let third = try RunningAgent(directory, sources: source(directory))
    try directory.append("log/a.log", "2\n")
    try await eventually("the next line") { third.producer.texts == ["2"] }
    try await third.stop()
  }
}
