import Configuration
import Testing

@Suite struct ReadingTests {
  private enum OutputType: String, CaseIterable {
    case standardOutput = "stdout"
    case file
  }

  private static let sample = """
    brokers: ["127.0.0.1:9092", 'other:9092']   # a comment
    group: plain-files
    topics: nginx
    linger: 250ms
    limits:
      buffer: 8 MiB
      count: 7
    output:
      type: file
      path: "/srv/logs/{topic}"
    sources:
      - type: file
        topic: "no"
      - {type: journald, topic: journal}
    empty:
    """

  private func root(
    _ text: String = sample, _ environment: [String: String] = [:],
    keys: [String] = [
      "brokers", "group", "topics", "linger", "limits", "output", "sources", "empty", "state_dir", "num.partitions",
    ]
  ) throws -> ConfigurationObject {
    try ConfigurationDocument(
      parsing: Array(text.utf8), name: "etc/sink.yaml", environment: ConfigurationEnvironment(environment)
    ).root(keys: keys)
  }

  /// The sentence a person reads when `body` throws.
  private func complaint(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  @Test func readsEachKind() throws {
    let root = try root()
    #expect(try root.strings("brokers") == ["127.0.0.1:9092", "other:9092"])
    #expect(try root.string("group") == "plain-files")
    #expect(try root.strings("topics") == ["nginx"])
    #expect(try root.duration("linger", in: 0...60_000) == 250)
    let limits = try root.object("limits", keys: ["buffer", "count"])
    #expect(try limits.bytes("buffer", in: 0...(1 << 30)) == 8 << 20)
    #expect(try limits.integer("count", in: 1...10) == 7)
    let output = try root.object("output", keys: ["type", "path"])
    #expect(try output.choice("type", OutputType.self) == .file)
    let sources = try root.objects("sources", keys: ["type", "topic"])
    #expect(try sources.map { try $0.string("topic") } == ["no", "journal"])
    #expect(try root.boolean("empty", default: true))
    #expect(try root.stringIfPresent("state_dir") == nil)
  }

  @Test(arguments: [
    ("0", 0), ("250ms", 250), ("5s", 5000), ("5 sec", 5000), ("10m", 600_000), ("2min", 120_000), ("1h", 3_600_000),
    ("14d", 1_209_600_000), ("5", nil), ("s", nil), ("-5s", nil), ("5 parsecs", nil), ("99999999999999999999s", nil),
    ("9223372036854775807d", nil), ("5  s", nil), ("", nil),
  ])
  func understandsDurations(_ text: String, _ expected: Int?) {
    let value = try? ConfigurationFormat.duration(in: 0...Int.max).parse(text, keyPath: "k", origin: .option("k"))
    #expect(value == expected)
  }

  @Test(arguments: [
    ("65536", 65536), ("64k", 65536), ("64 KiB", 65536), ("64kB", 64000), ("1G", 1 << 30), ("8388608T", nil),
    ("64q", nil), ("9999999999999999999", nil),
  ])
  func understandsSizes(_ text: String, _ expected: Int?) {
    let value = try? ConfigurationFormat.bytes(in: 0...Int.max).parse(text, keyPath: "k", origin: .option("k"))
    #expect(value == expected)
  }

  @Test func environmentOverrides() throws {
    let root = try root(
      Self.sample,
      [
        "SPLASHDAM_STATE_DIR": "/tmp/s", "SPLASHDAM_BROKERS": "a:1, b:2", "SPLASHDAM_OUTPUT_PATH": "/x",
        "SPLASHDAM_SOURCES_0_TOPIC": "zero", "SPLASHDAM_SOURCES_2_TOPIC": "two", "SPLASHDAM_NUM_PARTITIONS": "6",
        "SPLASHDAM_GROUP": "", "HOME": "/root",
      ])
    #expect(try root.string("state_dir") == "/tmp/s")
    #expect(try root.strings("brokers") == ["a:1", "b:2"])
    #expect(try root.string("group") == "plain-files")
    #expect(try root.integer("num.partitions", in: 1...10) == 6)
    #expect(try root.object("output", keys: ["type", "path"]).string("path") == "/x")
    let sources = try root.objects("sources", keys: ["type", "topic"])
    #expect(try sources.map { try $0.string("topic") } == ["zero", "journal", "two"])
  }

  @Test func environmentAloneSuffices() throws {
    let root = try root("", ["SPLASHDAM_GROUP": "g", "SPLASHDAM_OUTPUT_TYPE": "stdout"])
    #expect(try root.string("group") == "g")
    #expect(try root.object("output", keys: ["type"]).choice("type", OutputType.self) == .standardOutput)
    #expect(try root.objectIfPresent("limits", keys: ["count"]) == nil)
  }

  @Test func namesVariablesNobodyAskedFor() throws {
    let environment = ConfigurationEnvironment(["SPLASHDAM_STAET_DIR": "/x", "SPLASHDAM_GROUP": "g"])
    let root = try ConfigurationDocument(parsing: [], name: "e", environment: environment)
      .root(keys: ["state_dir", "group"])
    _ = try root.stringIfPresent("state_dir")
    _ = try root.string("group")
    let unused = environment.unusedVariables()
    #expect(unused.map(\.name) == ["SPLASHDAM_STAET_DIR"])
    #expect(unused.first?.nearest == "SPLASHDAM_STATE_DIR")
  }

  @Test func saysWhatIsWrong() throws {
    #expect(
      complaint { _ = try root("brokers: [a]\ngroup: g\n\ntoipcs: [x]") }
        == "etc/sink.yaml:4: unknown key \"toipcs\"; did you mean \"topics\"?")
    #expect(
      complaint { _ = try root("output:\n  pth: /x").object("output", keys: ["type", "path"]) }
        == "etc/sink.yaml:2: unknown key \"output.pth\"; did you mean \"path\"?")
    #expect(
      complaint { _ = try root("frobnicate: 1", keys: ["brokers", "group"]) }
        == "etc/sink.yaml:1: unknown key \"frobnicate\"; the keys here are brokers, group")
    #expect(
      complaint { _ = try root("linger: 5 parsecs").duration("linger", in: 1...60_000) }
        == "etc/sink.yaml:1: linger: expected a duration such as 250ms, 5s or 14d from 1 ms to 60000 ms, "
        + "found \"5 parsecs\"")
    #expect(
      complaint {
        _ = try root("output: {type: fiel}").object("output", keys: ["type"]).choice("type", OutputType.self)
      }
        == "etc/sink.yaml:1: output.type: expected stdout or file, found \"fiel\"; did you mean \"file\"?")
    #expect(
      complaint { _ = try root("group: g\ngroup: h") }
        == "etc/sink.yaml:2: key \"group\" is given twice, first at etc/sink.yaml:1; keep one of them")
    #expect(
      complaint { _ = try root("group: [a]").string("group") }
        == "etc/sink.yaml:1: group: expected text that is not empty, found a list")
    #expect(
      complaint { _ = try root("group:").string("group") }
        == "etc/sink.yaml:1: missing key \"group\": expected text that is not empty; add it, or set SPLASHDAM_GROUP")
    #expect(
      complaint { _ = try root("", ["SPLASHDAM_LINGER": "x"]).duration("linger", in: 0...1) }
        .hasPrefix("environment variable SPLASHDAM_LINGER: linger: expected a duration"))
    #expect(
      complaint { _ = try root("topics: []").strings("topics") }
        == "etc/sink.yaml:1: topics: expected at least one value, found an empty list")
    #expect(
      complaint { _ = try root("- a\n- b") }
        == "etc/sink.yaml:1: expected keys with values, found a list; write lines such as \"key: value\"")
  }

  @Test func callersAddTheirOwnComplaints() throws {
    let root = try root("a: 1\ngroup: a/b", keys: ["a", "group"])
    #expect(
      root.error("group", "a slash is not allowed", remedy: "use a dash").description
        == "etc/sink.yaml:2: group: a slash is not allowed; use a dash")
  }

  @Test func keysOfAKind() throws {
    let source = try root().objects("sources", keys: ["type", "topic"])[0]
    #expect(
      complaint { try source.expectKeys(["type", "include"], of: "a source of type file") }
        == "etc/sink.yaml:13: unknown key \"sources[0].topic\"; the keys of a source of type file are type, include")
  }
}
