import AgentCore
import AgentRuntime
import Configuration
import Glibc
import Journal
import Testing

@Suite struct AgentConfigurationTests {
  private func read(_ text: String, _ environment: [String: String] = [:]) throws(ConfigurationError)
    -> AgentConfiguration
  {
    let document = try ConfigurationDocument(
      parsing: Array(text.utf8), name: "agent.yaml", environment: ConfigurationEnvironment(environment))
    return try AgentConfiguration(reading: document, host: "h1")
  }

  private func problem(_ text: String) -> String? {
    do throws(ConfigurationError) {
      _ = try read(text)
      return nil
    } catch {
      return error.description
    }
  }

  private let smallest = """
    brokers: ["127.0.0.1:9092"]
    state_dir: /var/lib/splashdam/agent
    sources:
      - type: file
        include: ["/var/log/nginx/*.log"]
        topic: nginx
      - type: journald
        topic: journal
    """

  @Test func theSmallestOne() throws {
    let configuration = try read(smallest)
    #expect(configuration.brokers.map(\.description) == ["127.0.0.1:9092"])
    #expect(configuration.sources.map(\.name) == ["nginx", "journal"])
    guard case .file(let file) = configuration.sources[0], case .journald(let journal) = configuration.sources[1] else {
      Issue.record("\(configuration.sources)")
      return
    }
    #expect(file.include.map(\.text) == ["/var/log/nginx/*.log"] && file.host == "h1" && !file.startsAtEnd)
    #expect(file.key.text == "{host}:{path}" && journal.key.text == "{host}:{unit}")
    #expect(configuration.producer.deliveryTimeoutMilliseconds == nil)
  }

  @Test func everyKey() throws {
    let configuration = try read(
      """
      brokers: [a, "b:1"]
      state_dir: /s
      host: other
      log_level: debug
      buffer: 4 MiB
      batch_size: 64k
      linger: 1s
      compression: zstd
      record_size: 100k
      stop_timeout: 1min
      scan_interval: 1s
      sources:
        - type: file
          name: web
          include: /var/log/**/*.log
          exclude: ["/var/log/private/**"]
          topic: "logs-{basename}"
          key: "{host}"
          read_from: end
          last_line_after: 1s
        - type: journald
          topic: journal
          key: "{unit}"
          units: [nginx, ssh.service]
          priority: warning
          directory: /var/log/journal/remote
          read_from: end
      """)
    guard case .file(let file) = configuration.sources[0], case .journald(let journal) = configuration.sources[1] else {
      Issue.record("\(configuration.sources)")
      return
    }
    #expect(file.startsAtEnd && file.lastLineAfter == 1000 && file.exclude.count == 1 && file.host == "other")
    #expect(file.lineLimit < 100 << 10 && configuration.producer.recordSizeLimit == 100 << 10)
    #expect(journal.filter == JournalFilter(units: ["nginx.service", "ssh.service"], priority: 4))
    #expect(journal.directory == "/var/log/journal/remote" && journal.startsAtEnd)
    #expect(configuration.scanInterval == 1000 && configuration.stopTimeout == 60_000)
  }

  @Test func comesFromTheEnvironmentToo() throws {
    let configuration = try read(
      smallest,
      ["SPLASHDAM_STATE_DIR": "/elsewhere", "SPLASHDAM_BROKERS": "a:1,b:2", "SPLASHDAM_SOURCES_0_TOPIC": "web"])
    #expect(configuration.stateDirectory == "/elsewhere" && configuration.brokers.count == 2)
    #expect(configuration.sources[0].name == "web")
  }

  @Test func theSampleIsRight() throws {
    let path = #filePath.components(before: "/Tests/") + "/etc/agent.yaml"
    let document = try ConfigurationDocument.load(path: path, environment: ConfigurationEnvironment([:]))
    #expect(try AgentConfiguration(reading: document, host: "h1").sources.count == 2)
  }

  @Test(arguments: [
    ("sources:", "sourcs:", "agent.yaml:3: unknown key \"sourcs\"; did you mean \"sources\"?"),
    ("include:", "inculde:", "agent.yaml:5: unknown key \"sources[0].inculde\"; did you mean \"include\"?"),
    (
      "topic: nginx", "topic: \"{hots}\"",
      "agent.yaml:6: sources[0].topic: there is no placeholder {hots}; there are {host}, {source}, {path}, {basename}, "
        + "{directory}; did you mean {host}?"
    ),
    (
      "topic: nginx", "topic: a/b",
      "agent.yaml:6: sources[0].topic: \"a/b\" cannot be the name of a topic; use at most 249 letters, digits, dots, "
        + "hyphens and underscores"
    ),
    (
      "topic: journal", "topic: nginx",
      "agent.yaml:8: sources[1].topic: sources[0] is called \"nginx\" too; give one of them a name of its own, as in "
        + "\"name: nginx-2\"; positions are kept by it"
    ),
    (
      "type: file", "type: journald",
      "agent.yaml:5: unknown key \"sources[0].include\"; the keys of a source of type journald are type, name, topic, "
        + "key, read_from, units, priority, directory"
    ),
    (
      "\"/var/log/nginx/*.log\"", "\"nginx/*.log\"",
      "agent.yaml:5: sources[0].include[0]: expected a path such as /var/log/*.log, found \"nginx/*.log\""
    ),
    (
      "/var/lib/splashdam/agent", "state",
      "agent.yaml:2: state_dir: expected a path that begins with /, found \"state\""
    ),
    (
      "type: file", "type: fiel",
      "agent.yaml:4: sources[0].type: expected file or journald, found \"fiel\"; did you mean \"file\"?"
    ),
  ])
  func saysWhatIsWrong(from: String, to: String, expected: String) {
    let text = smallest.replacingFirst(from, with: to)
    #expect(problem(text) == expected)
  }

  @Test func wantsASource() {
    #expect(problem("brokers: [a]\nsources: []\n")?.contains("expected at least one source") == true)
    #expect(problem("sources:\n  - type: journald\n    topic: t\n")?.contains("missing key \"brokers\"") == true)
  }
}

extension String {
  fileprivate func replacingFirst(_ text: String, with other: String) -> String {
    guard let range = firstRange(of: text) else { return self }
    return self[..<range.lowerBound] + other + self[range.upperBound...]
  }

  fileprivate func components(before text: String) -> String {
    firstRange(of: text).map { String(self[..<$0.lowerBound]) } ?? self
  }
}
