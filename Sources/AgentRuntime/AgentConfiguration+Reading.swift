import AgentCore
import Base
import ClientCore
import Configuration
import Daemon
import Journal
import Records

extension AgentConfiguration {
  private static let keys = [
    "brokers", "state_dir", "host", "log_level", "buffer", "batch_size", "linger", "compression", "record_size",
    "stop_timeout", "scan_interval", "sources",
  ]
  private static let fileKeys = ["include", "exclude", "last_line_after"]
  private static let journalKeys = ["units", "priority", "directory"]
  private static let sourceKeys = ["type", "name", "topic", "key", "read_from"]

  /// Bytes of a record that its key and headers may take: they hold a path twice.
  static let overhead = 16 << 10

  /// Reads `agent.yaml`; `host` is this machine's name, unless the file gives another.
  public init(reading document: ConfigurationDocument, host: String) throws(ConfigurationError) {
    let root = try document.root(keys: Self.keys)
    brokers = try root.values("brokers", .brokerAddress)
    stateDirectory = try root.value("state_dir", .absolutePath, default: "/var/lib/splashdam/agent")
    self.host = try root.string("host", default: host)
    logLevel = try root.choice("log_level", LogLevel.self, default: .info)
    stopTimeout = Int64(try root.duration("stop_timeout", in: 0...600_000, default: 5000))
    scanInterval = Int64(try root.duration("scan_interval", in: 100...3_600_000, default: 10_000))
    producer = try Self.producer(root)
    sources = []
    let objects = try root.objects("sources", keys: Self.sourceKeys + Self.fileKeys + Self.journalKeys)
    guard !objects.isEmpty else {
      throw root.error(
        "sources", "expected at least one source", remedy: "add \"- type: file\" or \"- type: journald\" below it")
    }
    guard objects.count <= DeliveryToken.sourceLimit else {
      throw root.error("sources", "expected at most \(DeliveryToken.sourceLimit) sources, found \(objects.count)")
    }
    for object in objects { sources.append(try source(object)) }
    try checkNames(objects)
  }

  private static func producer(_ root: ConfigurationObject) throws(ConfigurationError) -> ProducerOptions {
    var options = ProducerOptions()
    options.bufferSize = try root.bytes("buffer", in: (2 << 20)...(1 << 30), default: 8 << 20)
    options.batchSize = try root.bytes("batch_size", in: (1 << 10)...(8 << 20), default: 256 << 10)
    options.lingerMilliseconds = Int64(try root.duration("linger", in: 0...60_000, default: 50))
    options.recordSizeLimit = try root.bytes("record_size", in: (2 * overhead)...(256 << 20), default: 1_000_000)
    options.compression =
      switch try root.choice("compression", CompressionName.self, default: .lz4) {
      case .none: .none
      case .gzip: .gzip
      case .snappy: .snappy
      case .lz4: .lz4
      case .zstd: .zstd
      }
    // What is not taken today is taken tomorrow.
    options.deliveryTimeoutMilliseconds = nil
    return options
  }

  private func source(_ object: ConfigurationObject) throws(ConfigurationError) -> Source {
    let type = try object.choice("type", SourceType.self)
    switch type {
    case .file:
      try object.expectKeys(Self.sourceKeys + Self.fileKeys, of: "a source of type file")
      return .file(try fileSource(object))
    case .journald:
      try object.expectKeys(Self.sourceKeys + Self.journalKeys, of: "a source of type journald")
      return .journald(try journalSource(object))
    }
  }

  private func fileSource(_ object: ConfigurationObject) throws(ConfigurationError) -> FileSourceSettings {
    let placeholders = FileSourceSettings.placeholders
    let topic = try Self.topic(object, placeholders)
    return FileSourceSettings(
      name: try object.string("name", default: topic.text), host: host,
      include: try object.values("include", .glob), exclude: try object.values("exclude", .glob, default: []),
      topic: topic, key: try Self.template(object, "key", placeholders, default: "{host}:{path}"),
      lineLimit: producer.recordSizeLimit - Self.overhead,
      lastLineAfter: Int64(try object.duration("last_line_after", in: 0...86_400_000, default: 5000)),
      startsAtEnd: try object.choice("read_from", ReadFrom.self, default: .beginning) == .end)
  }

  private func journalSource(_ object: ConfigurationObject) throws(ConfigurationError) -> JournalSourceSettings {
    let placeholders = JournalSourceSettings.placeholders
    let topic = try Self.topic(object, placeholders)
    let units = try object.values("units", .unit, default: [])
    return JournalSourceSettings(
      name: try object.string("name", default: topic.text), host: host,
      directory: try object.valueIfPresent("directory", .absolutePath),
      filter: JournalFilter(units: units, priority: try object.valueIfPresent("priority", .priority)),
      topic: topic, key: try Self.template(object, "key", placeholders, default: "{host}:{unit}"),
      entryLimit: producer.recordSizeLimit - Self.overhead,
      startsAtEnd: try object.choice("read_from", ReadFrom.self, default: .beginning) == .end)
  }

  private static func topic(
    _ object: ConfigurationObject, _ placeholders: [String]
  ) throws(ConfigurationError) -> Template {
    let topic = try template(object, "topic", placeholders, default: nil)
    if topic.isConstant {
      let name = topic.render([])
      guard AgentCore.TopicName.isValid(name) else {
        throw object.error(
          "topic", "\"\(name)\" cannot be the name of a topic",
          remedy: "use at most \(AgentCore.TopicName.lengthLimit) letters, digits, dots, hyphens and underscores")
      }
    }
    return topic
  }

  private static func template(
    _ object: ConfigurationObject, _ key: String, _ placeholders: [String], default absent: String?
  ) throws(ConfigurationError) -> Template {
    let text = try object.string(key, default: absent)
    do throws(TemplateError) {
      return try Template(text, placeholders: placeholders)
    } catch {
      var remedy: String?
      if case .unknownPlaceholder(let name, let known) = error {
        remedy = name.nearest(among: known).map { "did you mean {\($0)}?" }
      }
      throw object.error(key, error.description, remedy: remedy)
    }
  }

  /// Positions are kept by name.
  private func checkNames(_ objects: [ConfigurationObject]) throws(ConfigurationError) {
    var places: [String: Int] = [:]
    for (index, source) in sources.enumerated() {
      if let first = places.updateValue(index, forKey: source.name) {
        let key = objects[index].has("name") ? "name" : "topic"
        throw objects[index].error(
          key, "\(objects[first].path) is called \"\(source.name)\" too",
          remedy: "give one of them a name of its own, as in \"name: \(source.name)-2\"; positions are kept by it")
      }
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

  fileprivate static var unit: Self {
    ConfigurationFormat(expected: "the name of a unit, such as nginx.service, without wildcards") { text in
      text.isEmpty || text.contains { "*?[/ ".contains($0) } ? nil : text
    }
  }
}

extension ConfigurationFormat where Value == GlobPattern {
  fileprivate static var glob: Self {
    ConfigurationFormat(expected: "a path such as /var/log/*.log") { text in
      do throws(GlobError) { return try GlobPattern(text) } catch { return nil }
    }
  }
}

extension ConfigurationFormat where Value == Int {
  /// A level of syslog, by name or by number.
  fileprivate static var priority: Self {
    let names = JournalFilter.priorities
    return ConfigurationFormat(expected: names.joined(separator: ", ") + " or 0 to 7", candidates: names) { text in
      names.firstIndex(of: text) ?? Int(text).flatMap { names.indices.contains($0) ? $0 : nil }
    }
  }
}
