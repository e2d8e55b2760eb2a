import Base
import ClientCore
import Configuration
import Daemon
import SinkCore

extension SinkConfiguration {
  private static let keys = [
    "brokers", "group", "topics", "output", "state_dir", "instance_id", "read_from", "session_timeout", "buffer",
    "flush_interval", "stop_timeout", "log_level",
  ]
  private static let outputKeys = ["type", "format"]
  private static let fileKeys = ["path", "open_files"]

  /// Reads `sink.yaml`.
  public init(reading document: ConfigurationDocument) throws(ConfigurationError) {
    let root = try document.root(keys: Self.keys)
    brokers = try root.values("brokers", .brokerAddress)
    let name = try root.value("group", .groupName)
    group = GroupOptions(group: name, topics: try root.values("topics", .topicName))
    group.instanceID = try root.valueIfPresent("instance_id", .groupName)
    // The range is that of Kafka's group.min.session.timeout.ms and group.max.session.timeout.ms.
    let session = try root.duration("session_timeout", in: 6000...1_800_000, default: 10_000)
    group.sessionTimeoutMilliseconds = Int32(clamping: session)
    group.heartbeatIntervalMilliseconds = Int64(session / 4)
    group.consumer.reset =
      try root.choice("read_from", ReadFrom.self, default: .beginning) == .end ? .latest : .earliest
    bufferSize = try root.bytes("buffer", in: (64 << 10)...(1 << 30), default: 8 << 20)
    stopTimeout = Int64(try root.duration("stop_timeout", in: 0...600_000, default: 10_000))
    logLevel = try root.choice("log_level", LogLevel.self, default: .info)
    let object = try root.object("output", keys: Self.outputKeys + Self.fileKeys)
    let format = try object.choice("format", RecordFormat.self, default: .text)
    let type = try object.choice("type", OutputType.self)
    // Who looks at a terminal does not want to wait; who syncs files wants to do it seldom.
    let usual = type == .stdout ? 100 : 1000
    flushInterval = Int64(try root.duration("flush_interval", in: 0...600_000, default: usual))
    switch type {
    case .stdout:
      try object.expectKeys(Self.outputKeys, of: "an output of type stdout")
      output = .stdout(format)
      // Read and checked all the same, so that switching the type finds no surprise.
      _ = try root.valueIfPresent("state_dir", .absolutePath)
    case .file:
      let fallback = "/var/lib/splashdam/sink/\(PathTemplate.sanitized(name))"
      output = .file(
        FileSinkSettings(
          group: name, path: try Self.path(object), format: format,
          stateDirectory: try root.value("state_dir", .absolutePath, default: fallback), bufferSize: bufferSize,
          openFileLimit: try object.integer("open_files", in: 1...65_536, default: 256)))
    }
  }

  private static func path(_ object: ConfigurationObject) throws(ConfigurationError) -> PathTemplate {
    let text = try object.string("path")
    do throws(PathTemplateError) {
      return try PathTemplate(text)
    } catch {
      var remedy: String?
      if case .unknownPlaceholder(let name) = error {
        remedy = name.nearest(among: PathTemplate.placeholders).map { "did you mean {\($0)}?" }
      }
      throw object.error("path", error.description, remedy: remedy)
    }
  }
}

extension ConfigurationFormat where Value == BrokerAddress {
  fileprivate static var brokerAddress: Self {
    ConfigurationFormat(expected: "an address such as broker.example:9092") { BrokerAddress(parsing: $0) }
  }
}

extension ConfigurationFormat where Value == String {
  fileprivate static var absolutePath: Self {
    ConfigurationFormat(expected: "a path that begins with /") { $0.hasPrefix("/") ? $0 : nil }
  }

  fileprivate static var groupName: Self {
    ConfigurationFormat(expected: "a name of 1 to 255 characters, without control characters") { text in
      let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
      return !text.isEmpty && text.utf8.count <= 255 && isPlain ? text : nil
    }
  }

  fileprivate static var topicName: Self {
    ConfigurationFormat(expected: "the name of a topic: letters, digits, '.', '_' and '-', at most 249") { text in
      TopicName.problem(of: text) == nil ? text : nil
    }
  }
}
