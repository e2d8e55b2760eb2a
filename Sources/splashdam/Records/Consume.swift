import ArgumentParser
import ClientCore
import Daemon
import Glibc
import Synchronization
import Tool

struct Consume: AsyncParsableCommand, ObeysSignals {
  static let configuration = CommandConfiguration(
    abstract: "Print records of topics.",
    discussion: """
      Without --group it prints what there is and ends; with --follow it waits for more. With --group it joins the \
      group, goes on where the group stopped, and commits what it printed; it ends when nothing comes for two seconds.

      The format is `json` (one object per line), or text with fields in braces: \
      \(RecordTemplate.fieldNames). \
      \\n, \\t, \\r, \\0 and \\\\ mean what they mean in C; {{ and }} are braces.

      EXAMPLES
        splashdam consume --topic nginx --follow
        splashdam consume -t nginx --from -1h --format '{time} {key} {value}\\n'
        splashdam consume -t nginx --from 2026-11-24T05:00:00Z --format json
        splashdam consume -t nginx --group report
      """)

  @OptionGroup var cluster: BrokerOptions

  @Option(name: .shortAndLong, help: "A topic; may repeat.")
  var topic: [String]

  @Option(name: .shortAndLong, help: "Only this partition of each; may repeat.")
  var partition: [Int32] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Where to begin: beginning, end, an offset, a time (RFC 3339), or how long ago (-1h).",
      discussion: "With --group, beginning or end, for partitions the group has not read yet. Default: beginning."))
  var from = "beginning"

  @Option(help: "Read as a member of this group.")
  var group: String?

  @Flag(help: "Wait for what comes later.")
  var follow = false

  @Option(help: "What to print of a record.")
  var format = "{value}\\n"

  @Option(help: "End after this many records.")
  var count: Int?

  func validate() throws {
    if topic.isEmpty { throw ValidationError("name a topic with --topic") }
    for name in topic { if let problem = TopicName.problem(of: name) { throw ValidationError(problem) } }
    if let count, count < 1 { throw ValidationError("--count: expected at least 1, found \(count)") }
    if group == "" { throw ValidationError("a group's name is not empty") }
    if group != nil, !partition.isEmpty {
      throw ValidationError("--partition goes without --group: the group assigns the partitions")
    }
    for partition in partition where partition < 0 {
      throw ValidationError("--partition: expected 0 or more, found \(partition)")
    }
    do throws(ToolFailure) {
      _ = try start()
      _ = try printer()
    } catch {
      throw ValidationError(error.description)
    }
  }

  func run() async throws {
    let task = Task { try await consume() }
    let isStopping = Atomic(false)
    ProcessSignals.waiter.start { _ in
      // Whoever asks twice does not want to wait.
      if isStopping.exchange(true, ordering: .relaxed) { Glibc.exit(130) }
      task.cancel()
    }
    try await task.value
  }

  private func consume() async throws(ToolFailure) {
    let start = try start()
    try await cluster.withCluster { cluster throws(ToolFailure) in
      var printer = try printer()
      if let group {
        var options = GroupOptions(group: group, topics: topic)
        options.consumer.reset = start == .end ? .latest : .earliest
        var run = GroupConsumeRun(options)
        run.follows = follow
        try await run.run(cluster, printer: &printer)
      } else {
        var run = ConsumeRun(topics: topic)
        run.partitions = partition.isEmpty ? nil : partition
        run.start = start
        run.follows = follow
        try await run.run(cluster, printer: &printer)
      }
    }
  }

  private func start() throws(ToolFailure) -> StartPosition {
    guard let start = StartPosition(text: from, now: systemClock().wall) else {
      throw ToolFailure("--from: expected \(StartPosition.textForms), found \"\(from)\"", status: .usage)
    }
    if group != nil, start != .beginning, start != .end {
      throw ToolFailure("--from: with --group expected beginning or end, found \"\(from)\"", status: .usage)
    }
    return start
  }

  private func printer() throws(ToolFailure) -> RecordPrinter {
    let format: RecordPrinter.Format = format == "json" ? .json : .template(try RecordTemplate(format))
    return RecordPrinter(format, limit: count, forTerminal: Terminal.standardOutput.isTerminal)
  }
}
