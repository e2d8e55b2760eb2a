import CYAML

/// Reads one YAML document into nodes, within bounds, through libyaml's events.
struct YAMLReader: ~Copyable {
  /// Levels of lists and objects.
  static let depthLimit = 32

  private struct Event {
    enum Kind {
      case streamStart, streamEnd, documentStart, documentEnd
      case scalar(String, plain: Bool)
      case listStart, listEnd, objectStart, objectEnd
    }

    var kind: Kind
    var origin: ConfigurationOrigin
  }

  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeBufferPointer<UInt8>
  private let name: String

  private init(_ input: UnsafeBufferPointer<UInt8>, name: String) throws(ConfigurationError) {
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    self.input = input
    self.name = name
    guard yaml_parser_initialize(parser) == 1 else {
      throw ConfigurationError(
        origin: .file(name, line: 1, column: 1), problem: "not enough memory to read it", remedy: "free some memory")
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, input.baseAddress, input.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  /// The root of the document in `bytes`; an empty object when there is none. `name` is what errors call the file.
  static func read(_ bytes: [UInt8], name: String) throws(ConfigurationError) -> ConfigurationNode {
    // libyaml wants an address even for nothing.
    let input = bytes.isEmpty ? [UInt8(ascii: "\n")] : bytes
    return try input.withUnsafeBufferPointer { (input) throws(ConfigurationError) -> ConfigurationNode in
      let reader = try YAMLReader(input, name: name)
      return try reader.document()
    }
  }

  private func document() throws(ConfigurationError) -> ConfigurationNode {
    _ = try next()
    let start = try next()
    guard case .documentStart = start.kind else {
      return ConfigurationNode(.object([]), origin: .file(name, line: 1, column: 1))
    }
    let root = try node(try next(), depth: 0)
    _ = try next()
    let end = try next()
    guard case .streamEnd = end.kind else {
      throw ConfigurationError(
        origin: end.origin, problem: "a second document begins here",
        remedy: "keep one document, without \"---\" between its parts")
    }
    return root
  }

  private func node(_ event: Event, depth: Int) throws(ConfigurationError) -> ConfigurationNode {
    switch event.kind {
    case .scalar(let text, let plain):
      let isNull = plain && ["", "~", "null", "Null", "NULL"].contains(text)
      return ConfigurationNode(isNull ? .null : .scalar(text), origin: event.origin)
    case .listStart:
      try check(depth, at: event)
      return ConfigurationNode(.list(try list(depth: depth)), origin: event.origin)
    case .objectStart:
      try check(depth, at: event)
      return ConfigurationNode(.object(try entries(depth: depth)), origin: event.origin)
    case .streamStart, .streamEnd, .documentStart, .documentEnd, .listEnd, .objectEnd:
      return ConfigurationNode(.null, origin: event.origin)
    }
  }

  private func check(_ depth: Int, at event: Event) throws(ConfigurationError) {
    guard depth < Self.depthLimit else {
      throw ConfigurationError(
        origin: event.origin, problem: "lists and objects are nested more than \(Self.depthLimit) deep",
        remedy: "write it flatter")
    }
  }

  private func list(depth: Int) throws(ConfigurationError) -> [ConfigurationNode] {
    var nodes: [ConfigurationNode] = []
    while true {
      let event = try next()
      if case .listEnd = event.kind { return nodes }
      nodes.append(try node(event, depth: depth + 1))
    }
  }

  private func entries(depth: Int) throws(ConfigurationError) -> [ConfigurationEntry] {
    var entries: [ConfigurationEntry] = []
    var lines: [String: ConfigurationOrigin] = [:]
    while true {
      let event = try next()
      if case .objectEnd = event.kind { return entries }
      guard case .scalar(let key, _) = event.kind else {
        throw ConfigurationError(
          origin: event.origin, problem: "expected a key, found a list or an object",
          remedy: "keys are plain words, as in \"group: plain-files\"")
      }
      if let first = lines.updateValue(event.origin, forKey: key) {
        throw ConfigurationError(
          origin: event.origin, keyPath: key,
          problem: "key \(key.quotedForMessage) is given twice, first at \(first)", remedy: "keep one of them")
      }
      let value = try node(try next(), depth: depth + 1)
      entries.append(ConfigurationEntry(key: key, keyOrigin: event.origin, value: value))
    }
  }

  private func next() throws(ConfigurationError) -> Event {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
    defer { yaml_event_delete(&event) }
    let origin = origin(of: event.start_mark)
    switch event.type {
    case YAML_STREAM_START_EVENT: return Event(kind: .streamStart, origin: origin)
    case YAML_DOCUMENT_START_EVENT: return Event(kind: .documentStart, origin: origin)
    case YAML_DOCUMENT_END_EVENT: return Event(kind: .documentEnd, origin: origin)
    case YAML_SEQUENCE_START_EVENT:
      let start = event.data.sequence_start
      try refuse(anchor: start.anchor, tag: start.tag, at: origin)
      return Event(kind: .listStart, origin: origin)
    case YAML_SEQUENCE_END_EVENT: return Event(kind: .listEnd, origin: origin)
    case YAML_MAPPING_START_EVENT:
      let start = event.data.mapping_start
      try refuse(anchor: start.anchor, tag: start.tag, at: origin)
      return Event(kind: .objectStart, origin: origin)
    case YAML_MAPPING_END_EVENT: return Event(kind: .objectEnd, origin: origin)
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      try refuse(anchor: scalar.anchor, tag: scalar.tag, at: origin)
      let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      return Event(kind: .scalar(text, plain: scalar.style == YAML_PLAIN_SCALAR_STYLE), origin: origin)
    case YAML_ALIAS_EVENT:
      throw ConfigurationError(
        origin: origin, problem: "aliases (*name) are not supported", remedy: "write the value out")
    default: return Event(kind: .streamEnd, origin: origin)
    }
  }

  private func refuse(
    anchor: UnsafeMutablePointer<yaml_char_t>?, tag: UnsafeMutablePointer<yaml_char_t>?, at origin: ConfigurationOrigin
  ) throws(ConfigurationError) {
    if anchor != nil {
      throw ConfigurationError(
        origin: origin, problem: "anchors (&name) are not supported", remedy: "write the value out where it is used")
    }
    if tag != nil {
      throw ConfigurationError(origin: origin, problem: "tags (!name) are not supported", remedy: "remove the tag")
    }
  }

  private func origin(of mark: yaml_mark_t) -> ConfigurationOrigin {
    .file(name, line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
  }

  private func syntaxError() -> ConfigurationError {
    let state = parser.pointee
    let reason = state.problem.map { String(cString: $0) } ?? "not enough memory"
    if state.error == YAML_READER_ERROR {
      let before = input.prefix(state.problem_offset)
      let line = before.reduce(into: 1) { line, byte in if byte == UInt8(ascii: "\n") { line += 1 } }
      return ConfigurationError(
        origin: .file(name, line: line, column: 1), problem: "this is not text in UTF-8: \(reason)",
        remedy: "save the file in UTF-8, without control characters")
    }
    return ConfigurationError(
      origin: origin(of: state.problem_mark),
      problem: "this is not YAML: \(reason) (column \(Int(clamping: state.problem_mark.column) + 1))",
      remedy: "check the indentation, quotes and brackets around it")
  }
}
