import Glibc
import Testing

/// The commands that ask a cluster, against a real broker.
@Suite(.serialized) struct ClusterCommandTests {
  @Test func looksAfterTopics() throws {
    let broker = try RunningBroker()
    #expect(
      try broker.output("topics", "create", "b", "a", "--partitions", "3", "--config", "retention.ms=60000")
        == "created b\ncreated a\n")
    #expect(try broker.output("topics", "list") == "a  3  1  0\nb  3  1  0\n")
    let again = try broker.tool(["topics", "create", "a", "c"])
    #expect(again.status == 1)
    #expect(again.output == "created c\n")
    #expect(again.errors.contains("a") && again.errors.contains("TOPIC_ALREADY_EXISTS"))
    let alone = try broker.tool(["topics", "create", "a"])
    #expect(alone.status == 1)
    #expect(alone.errors.contains("TOPIC_ALREADY_EXISTS") && alone.errors.split(separator: "\n").count == 1)
    #expect(try broker.output("topics", "describe", "a").contains("\n  retention.ms=60000\n"))
    #expect(try broker.output("topics", "alter", "a", "--partitions", "5", "--reset", "retention.ms") == "altered a\n")
    let described = try broker.output("topics", "describe", "a", "--json")
    #expect(described.contains(#""partition":4,"leader":"#))
    #expect(!described.contains(#""retention.ms":"60000""#))
    let missing = try broker.tool(["topics", "describe", "nothing"])
    #expect(missing.status == 1)
    #expect(missing.errors.contains("nothing: ") && missing.errors.contains("UNKNOWN_TOPIC_OR_PARTITION"))
    #expect(try broker.output("topics", "delete", "a", "b", "c") == "deleted a\ndeleted b\ndeleted c\n")
    #expect(try broker.output("topics", "list") == "")
    #expect(try broker.output("topics", "list", "--json") == "[]\n")
  }

  @Test func sendsAndPrintsRecords() throws {
    let broker = try RunningBroker()
    _ = try broker.output("topics", "create", "t", "--partitions", "1")
    let lines = "k1:one\nwithout\n:empty key\nk2:two:three\r\nlast"
    let produced = try broker.tool(
      ["produce", "-t", "t", "--key-separator", ":", "--header", "host=h", "--codec", "zstd"], input: lines)
    #expect(produced.status == 0)
    #expect(produced.errors == "5 records delivered to t\n")
    #expect(
      try broker.output("consume", "-t", "t", "--format", "{partition} {offset} {key}|{value} {headers}\\n")
        == "0 0 k1|one host=h\n0 1 |without host=h\n0 2 |empty key host=h\n0 3 k2|two:three\r host=h\n0 4 |last host=h\n"
    )
    #expect(try broker.output("consume", "-t", "t", "--from", "3") == "two:three\r\nlast\n")
    #expect(try broker.output("consume", "-t", "t", "--from", "end") == "")
    #expect(try broker.output("consume", "-t", "t", "--from", "-1h", "--count", "2") == "one\nwithout\n")
    #expect(try broker.output("consume", "-t", "t", "--from", "2030-01-01") == "")
    let json = try broker.output("consume", "-t", "t", "--format", "json", "--from", "1", "--count", "1")
    #expect(json.hasPrefix(#"{"topic":"t","partition":0,"offset":1,"timestamp":"#))
    #expect(json.hasSuffix(#","key":null,"headers":{"host":"h"},"value":"without"}"# + "\n"))
    #expect(try broker.output("topics", "list") == "t  1  1  5\n")
    let missing = try broker.tool(["consume", "-t", "t", "-p", "1"])
    #expect(missing.status == 1)
    #expect(missing.errors == "splashdam: topic t has no partition 1; it has 1, counted from 0\n")
  }

  @Test func countsWhatCouldNotBeSent() throws {
    let broker = try RunningBroker()
    let long = String(repeating: "x", count: 2_000_000)
    let produced = try broker.tool(["produce", "-t", "t"], input: "a\n\(long)\nb\n")
    #expect(produced.status == 1)
    #expect(produced.errors.contains("line 2 has 2000000 bytes, at most 1000000 make a record"))
    #expect(produced.errors.contains("1 records were not delivered, 2 were"))
    let none = try broker.tool(["produce", "-t", "t", "-p", "7"], input: "a\n")
    #expect(none.status == 1)
    #expect(none.errors.contains("it has no partition 7"))
  }

  @Test func doesNotWaitForATopicThatIsNot() throws {
    let broker = try RunningBroker()
    for arguments in [["consume", "-t", "nothing"], ["consume", "-t", "nothing", "--group", "g"]] {
      let run = try broker.tool(arguments)
      #expect(run.status == 1)
      #expect(run.errors.contains("topic nothing: ") && run.errors.contains("`splashdam topics list` shows"))
    }
  }

  @Test func readsOnInAGroup() throws {
    let broker = try RunningBroker()
    _ = try broker.output("topics", "create", "t", "--partitions", "2")
    _ = try broker.output("produce", "-t", "t", "-p", "0", "-q", input: "a\nb\nc\n")
    _ = try broker.output("produce", "-t", "t", "-p", "1", "-q", "--acks", "1", input: "d\n")
    #expect(
      try broker.output("consume", "-t", "t", "--group", "g").split(separator: "\n").sorted() == ["a", "b", "c", "d"])
    #expect(try broker.output("consume", "-t", "t", "--group", "g") == "")
    _ = try broker.output("produce", "-t", "t", "-p", "0", "-q", input: "e\nf\n")
    #expect(try broker.output("groups", "list") == "g  Empty  0  2  2\n")
    #expect(try broker.output("groups", "describe", "g").contains("t  0  3  5  2  -\nt  1  1  1  0  -\n"))
    #expect(
      try broker.output("groups", "describe", "g", "--json").contains(#""committed":3,"end":5,"lag":2,"member":null"#))
    #expect(try broker.output("consume", "-t", "t", "--group", "g", "--count", "1") == "e\n")
    #expect(try broker.output("consume", "-t", "t", "--group", "g") == "f\n")
    let missing = try broker.tool(["groups", "describe", "nothing"])
    #expect(missing.status == 1)
    #expect(missing.errors == "splashdam: no such group: nothing; `splashdam groups list` shows those there are\n")
    #expect(try broker.output("groups", "delete", "g") == "deleted g\n")
    #expect(try broker.output("groups", "list") == "")
  }

  @Test func followsUntilItIsToldToEnd() throws {
    let broker = try RunningBroker()
    _ = try broker.output("topics", "create", "t")
    let consumer = try ProgramRun(
      "\(broker.programs.directory)/splashdam",
      ["consume", "-t", "t", "--group", "g", "--follow", "--brokers", broker.address],
      outputs: broker.programs.directory)
    _ = try broker.output("produce", "-t", "t", "-q", input: "a\nb\n")
    try consumer.eventually { consumer.output == "a\nb\n" }
    #expect(try broker.output("groups", "describe", "g").contains("Stable"))
    kill(consumer.identifier, SIGINT)
    #expect(try consumer.waitForEnd() == 0)
    #expect(try broker.output("groups", "describe", "g").contains("t  0  2  2  0  -\n"))
  }

  @Test func measures() throws {
    let broker = try RunningBroker()
    let produced = try broker.output(
      "bench", "produce", "--records", "2000", "--json", "--broker-pid", "\(broker.identifier)")
    #expect(produced.contains(#""records":2000"#) && produced.contains(#""failed":0"#))
    #expect(produced.contains(#""latency_us":{"p50":"#) && produced.contains(#""broker":{"cpu_us":"#))
    let consumed = try broker.output("bench", "consume")
    #expect(consumed.contains("consume: 2,006 records"))
    let small = try broker.output("bench", "small", "--requests", "200", "--topic", "small")
    #expect(small.contains("small requests: 1,000 records") && small.contains("requests/s"))
    let rated = try broker.output("bench", "produce", "--records", "100", "--rate", "1000", "--linger", "0")
    #expect(rated.contains("rate 1000"))
  }

  @Test func tellsThatNoBrokerAnswers() throws {
    let programs = try TemporaryPrograms()
    let (port, socket) = try TemporaryPrograms.freePort()
    close(socket)
    for command in [["topics", "list"], ["consume", "-t", "t"], ["produce", "-t", "t"], ["groups", "list"]] {
      let run = try ProgramRun(
        "\(programs.directory)/splashdam", command + ["--brokers", "127.0.0.1:\(port)"], outputs: programs.directory)
      #expect(try run.waitForEnd() == 69)
      #expect(run.errors.hasPrefix("splashdam: no broker answers at 127.0.0.1:\(port): "))
      #expect(run.errors.contains("refused") && run.errors.contains("splashdam up"))
      #expect(run.errors.split(separator: "\n").count == 1)
    }
  }
}
