import Base
import ClientCore
import Daemon
import Testing
import Tool

@Suite struct OutputTests {
  private static let person = Terminal(isTerminal: true, hasColours: false, columns: 80)
  private static let program = Terminal(isTerminal: false, hasColours: false, columns: 80)

  private var group: GroupDescription {
    GroupDescription(
      id: "g", state: "Stable", protocolType: "consumer", protocolName: "range",
      coordinator: BrokerAddress(host: "::1", port: 9092),
      members: [
        GroupDescription.Member(
          id: "m-1", instanceID: nil, clientID: "sink\u{1B}", clientHost: "/10.0.0.1",
          assignment: [TopicPartition("t", 1)])
      ],
      positions: [
        GroupDescription.Position(partition: TopicPartition("t", 1), committed: 3, end: 1005),
        GroupDescription.Position(partition: TopicPartition("t", 0), committed: nil, end: 7),
        GroupDescription.Position(partition: TopicPartition("s", 0), committed: 9, end: 8),
      ],
      rebalances: [
        GroupDescription.Rebalance(
          timestamp: 0, generation: 4, memberID: "m-2", instanceID: nil, clientID: "old", clientHost: "/10.0.0.2",
          cause: "left",
          clientReason: "bye")
      ])
  }

  @Test func describesGroupsToPeople() {
    #expect(
      group.details(for: Self.person) == """
        g  Stable, assignor range, coordinator [::1]:9092
        MEMBER  CLIENT    HOST       INSTANCE  PARTITIONS
        m-1     sink\\x1b  /10.0.0.1  -                  1

        TOPIC  PARTITION  COMMITTED    END    LAG  CLIENT
        s              0          9      8      0  -
        t              0          -      7      -  -
        t              1          3  1,005  1,002  sink\\x1b

        REBALANCE                 GENERATION  CLIENT  HOST       MEMBER  CAUSE
        1970-01-01T00:00:00.000Z           4  old     /10.0.0.2  m-2     left: bye

        """)
    #expect(GroupDescription.list([group], for: Self.program) == "g  Stable  1  3  1002\n")
  }

  @Test func describesGroupsToPrograms() {
    let json = GroupDescription.json([group])
    #expect(json.hasPrefix(#"[{"group":"g","state":"Stable","protocol_type":"consumer","assignor":"range","#))
    #expect(json.contains(#""client":"sink\u001b","host":"/10.0.0.1","instance":null,"#))
    #expect(json.contains(#"{"topic":"t","partition":0,"committed":null,"end":7,"lag":null,"member":null}"#))
    #expect(json.contains(#"{"topic":"t","partition":1,"committed":3,"end":1005,"lag":1002,"member":"m-1"}"#))
    #expect(json.contains(#""rebalances":[{"time":"1970-01-01T00:00:00.000Z","member":"m-2","client":"old","#))
    #expect(json.hasSuffix("]\n"))
  }

  @Test func showsTopics() {
    let topic = TopicSummary(
      description: TopicDescription(
        name: "t", id: .zero, isInternal: false,
        partitions: [
          TopicDescription.Partition(index: 0, leader: 1, leaderEpoch: 2, replicas: [1, 2], inSyncReplicas: [1]),
          TopicDescription.Partition(index: 1, leader: nil, leaderEpoch: 2, replicas: [2], inSyncReplicas: []),
        ]),
      ranges: [TopicSummary.Range(first: 5, end: 10), TopicSummary.Range(first: nil, end: nil)])
    #expect(topic.offsetCount == nil)
    #expect(TopicSummary.list([topic], for: Self.program) == "t  2  2  -\n")
    let configs = [
      ConfigEntry(name: "retention.ms", value: "1", source: .topic, isReadOnly: false, isSensitive: false),
      ConfigEntry(name: "cleanup.policy", value: "delete", source: .defaults, isReadOnly: false, isSensitive: false),
    ]
    let details = topic.details(configs, for: Self.person)
    #expect(details.contains("\n  retention.ms=1\n") && !details.contains("cleanup.policy"))
    #expect(details.contains("\n        0       1  1,2       1            5   10        5\n"))
    #expect(details.contains("\n        1       -  2         -            -    -        -\n"))
    #expect(
      TopicSummary.json([topic]).contains(#""partition":1,"leader":null,"leader_epoch":2,"replicas":[2],"in_sync":[]"#))
  }

  @Test func showsMeasurements() {
    let cost = BenchResult.Cost(microseconds: 500_000, residentBytes: 40_000_000, peakResidentBytes: 50_000_000)
    var result = BenchResult(
      name: "produce", records: 1_000_000, bytes: 200_000_000, requests: nil, failed: 0,
      usage: BenchResult.Usage(nanoseconds: 2_000_000_000, client: nil, broker: cost),
      latency: LatencyPercentiles(p50: 900, p90: 1000, p99: 1500, p999: 20_000, max: 30_000),
      settings: [("codec", "lz4")])
    #expect(
      result.text == """
        produce: 1,000,000 records, 200 MB, in 2.00 s
          codec lz4
          500,000 records/s, 100.0 MB/s
          latency: p50 0.90 ms, p90 1.00 ms, p99 1.50 ms, p99.9 20.00 ms, max 30.00 ms
          broker: 0.50 CPU s (0.50 s per million records), 40 MB resident, at most 50 MB

        """)
    #expect(result.json.contains(#""seconds":2.0,"records_per_second":500000.0"#))
    #expect(result.json.contains(#""broker":{"cpu_us":500000,"cpu_us_per_record":0.5"#))
    result.requests = 100_000
    #expect(result.text.contains("  50,000 requests/s\n") && result.text.contains("(5.00 µs per request)"))
  }

  @Test func makesLinesOfAFile() throws {
    let lines = try BenchLines(text: Array("first line\nsecond\r\n\nx".utf8), recordSize: nil, name: "it")
    #expect(lines.count == 3)
    func text(_ lines: BenchLines, _ index: Int) -> String { lines.with(index) { String(decoding: $0, as: UTF8.self) } }
    #expect(text(lines, 0) == "first line")
    #expect(text(lines, 5) == "x")
    let cut = try BenchLines(text: Array("first line\nsecond".utf8), recordSize: 8, name: "it")
    #expect(cut.count == 2)
    #expect(text(cut, 1) == "ne secon")
    #expect(try text(BenchLines(text: Array("ab".utf8), recordSize: 5, name: "it"), 0) == "ababa")
    #expect(throws: ToolFailure.self) { try BenchLines(text: [], recordSize: 8, name: "it") }
    #expect(throws: ToolFailure.self) { try BenchLines(text: [0x0A, 0x0A], recordSize: nil, name: "it") }
    let made = try BenchLines(madeFrom: 7, recordSize: 200)
    #expect(made.count > 1000)
    #expect(made.size == made.count * 200)
  }
}
