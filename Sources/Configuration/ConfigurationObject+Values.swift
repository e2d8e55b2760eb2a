extension ConfigurationObject {
  /// The value of `key`, nil when neither the file nor the environment has one.
  public func valueIfPresent<Value>(
    _ key: String, _ format: ConfigurationFormat<Value>
  ) throws(ConfigurationError) -> Value? {
    let path = keyPath(key)
    if let (text, origin) = environment.value(for: path) {
      return try format.parse(text, keyPath: path, origin: origin)
    }
    guard let node = node(key) else { return nil }
    return try Self.value(of: node, path: path, format)
  }

  /// The value of `key`, or `absent`; an error when neither is there.
  public func value<Value>(
    _ key: String, _ format: ConfigurationFormat<Value>, default absent: Value? = nil
  ) throws(ConfigurationError) -> Value {
    if let value = try valueIfPresent(key, format) ?? absent { return value }
    throw missing(key, expected: format.expected)
  }

  /// The values of a list, or of a single value in its place; nil when `key` is absent. In the environment they are
  /// separated by commas.
  public func valuesIfPresent<Value>(
    _ key: String, _ format: ConfigurationFormat<Value>
  ) throws(ConfigurationError) -> [Value]? {
    let path = keyPath(key)
    var values: [Value] = []
    if let (text, origin) = environment.value(for: path) {
      for part in text.split(separator: ",") {
        values.append(try format.parse(part.trimmingSpaces, keyPath: path, origin: origin))
      }
      return values
    }
    guard let node = node(key) else { return nil }
    guard case .list(let nodes) = node.content else { return [try Self.value(of: node, path: path, format)] }
    for (index, node) in nodes.enumerated() {
      values.append(try Self.value(of: node, path: "\(path)[\(index)]", format))
    }
    return values
  }

  /// The values of a list, or `absent`; an error when neither is there, or when the list is empty and `absent` is nil.
  public func values<Value>(
    _ key: String, _ format: ConfigurationFormat<Value>, default absent: [Value]? = nil
  ) throws(ConfigurationError) -> [Value] {
    guard let values = try valuesIfPresent(key, format) ?? absent else {
      throw missing(key, expected: "a list, each \(format.expected)")
    }
    if values.isEmpty && absent == nil { throw error(key, "expected at least one value, found an empty list") }
    return values
  }

  private static func value<Value>(
    of node: ConfigurationNode, path: String, _ format: ConfigurationFormat<Value>
  ) throws(ConfigurationError) -> Value {
    guard case .scalar(let text) = node.content else {
      throw ConfigurationError(
        origin: node.origin, keyPath: path, problem: "\(path): expected \(format.expected), found \(node.kindName)")
    }
    return try format.parse(text, keyPath: path, origin: node.origin)
  }
}

extension ConfigurationObject {
  /// Text that is not empty.
  public func string(_ key: String, default absent: String? = nil) throws(ConfigurationError) -> String {
    try value(key, .text, default: absent)
  }

  public func stringIfPresent(_ key: String) throws(ConfigurationError) -> String? {
    try valueIfPresent(key, .text)
  }

  /// A list of texts that are not empty.
  public func strings(_ key: String, default absent: [String]? = nil) throws(ConfigurationError) -> [String] {
    try values(key, .text, default: absent)
  }

  public func integer(
    _ key: String, in range: ClosedRange<Int>, default absent: Int? = nil
  ) throws(ConfigurationError) -> Int {
    try value(key, .integer(in: range), default: absent)
  }

  /// A count of bytes, written as `65536`, `64k` or `8 MiB`.
  public func bytes(
    _ key: String, in range: ClosedRange<Int>, default absent: Int? = nil
  ) throws(ConfigurationError) -> Int {
    try value(key, .bytes(in: range), default: absent)
  }

  /// Milliseconds, written as `250ms`, `5s` or `14d`.
  public func duration(
    _ key: String, in range: ClosedRange<Int>, default absent: Int? = nil
  ) throws(ConfigurationError) -> Int {
    try value(key, .duration(in: range), default: absent)
  }

  public func boolean(_ key: String, default absent: Bool? = nil) throws(ConfigurationError) -> Bool {
    try value(key, .boolean, default: absent)
  }

  /// One of the raw values of an enumeration.
  public func choice<Value: RawRepresentable<String> & CaseIterable & Sendable>(
    _ key: String, _ type: Value.Type = Value.self, default absent: Value? = nil
  ) throws(ConfigurationError) -> Value {
    try value(key, .choice, default: absent)
  }
}

extension Substring {
  fileprivate var trimmingSpaces: String {
    var rest = self
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}
