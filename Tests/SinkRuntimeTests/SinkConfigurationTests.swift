import ClientCore
import Configuration
import SinkCore
import SinkRuntime
import Testing

@Suite struct SinkConfigurationTests {
  private func read(
    _ text: String, _ environment: [String: String] = [:]
  ) throws(ConfigurationError) -> SinkConfiguration {
    try SinkConfiguration(
      reading: ConfigurationDocument(
        parsing: Array(text.utf8), name: "sink.yaml", environment: ConfigurationEnvironment(environment)))
  }

  private func problem(_ text: String) -> String {
    do throws(ConfigurationError) {
      _ = try read(text)
      return "none"
    } catch {
      return error.description
    }
  }

  private let base = "brokers: [\"127.0.0.1:9092\"]\ngroup: plain files\ntopics: [nginx, journal]\n"

  @Test func theSmallestFileThatWorks() throws {
    let configuration = try read(base + "output:\n  type: file\n  path: \"/srv/logs/{topic}/{host}/{basename}\"\n")
    #expect(configuration.brokers == [BrokerAddress(host: "127.0.0.1", port: 9092)])
    #expect(configuration.group.group == "plain files")
    #expect(configuration.group.topics == ["nginx", "journal"])
    #expect(configuration.group.consumer.reset == .earliest)
    #expect(configuration.group.instanceID == nil)
    guard case .file(let settings) = configuration.output else {
      Issue.record("not a file")
      return
    }
    #expect(settings.path.text == "/srv/logs/{topic}/{host}/{basename}")
    #expect(settings.stateDirectory == "/var/lib/splashdam/sink/plain files")
    #expect(settings.format == .text)
  }

  @Test func everythingCanBeSetAndComeFromTheEnvironment() throws {
    let text =
      base + """
        read_from: end
        state_dir: /tmp/state
        instance_id: one
        session_timeout: 20s
        buffer: 1 MiB
        flush_interval: 250ms
        stop_timeout: 3s
        log_level: debug
        output: {type: file, format: json, path: "/x/{key}", open_files: 3}
        """
    let configuration = try read(text, ["SPLASHDAM_GROUP": "g", "SPLASHDAM_OUTPUT_PATH": "/y/{date}"])
    #expect(configuration.group.group == "g")
    #expect(configuration.group.consumer.reset == .latest)
    #expect(configuration.group.instanceID == "one")
    #expect(configuration.group.sessionTimeoutMilliseconds == 20_000)
    #expect(configuration.flushInterval == 250 && configuration.stopTimeout == 3000)
    guard case .file(let settings) = configuration.output else {
      Issue.record("not a file")
      return
    }
    #expect(settings.path.text == "/y/{date}" && settings.format == .json && settings.openFileLimit == 3)
    #expect(settings.bufferSize == 1 << 20 && settings.stateDirectory == "/tmp/state")
  }

  @Test func mistakesAreNamedWithTheirPlace() {
    #expect(
      problem("brokers: [a]\ngroup: g\ntopcis: [a]\noutput: {type: stdout}\n")
        == "sink.yaml:3: unknown key \"topcis\"; did you mean \"topics\"?")
    #expect(
      problem(base + "output: {type: stdout, path: /x}")
        .hasPrefix("sink.yaml:4: unknown key \"output.path\"; the keys of an output of type stdout are"))
    #expect(
      problem(base + "output: {type: file, path: \"/x/{hots}\"}").hasSuffix("did you mean {host}?"))
    #expect(problem(base + "output: {type: file, path: \"x/{host}\"}").contains("does not begin with \"/\""))
    #expect(problem(base + "output: {type: file}").contains("missing key \"output.path\""))
    #expect(problem(base).contains("missing key \"output\""))
    #expect(problem("brokers: [a]\ngroup: g\ntopics: [\"a b\"]\noutput: {type: stdout}\n").contains("\"a b\""))
    #expect(problem(base + "output: {type: stdot}").contains("did you mean \"stdout\"?"))
  }
}
