extension ConfigurationObject {
  /// The object under `key`, which may have no keys but `keys`; nil when neither the file nor the environment has any.
  public func objectIfPresent(_ key: String, keys: [String]) throws(ConfigurationError) -> ConfigurationObject? {
    let path = keyPath(key)
    let below = environment.hasValues(below: path)
    guard let node = node(key) ?? (below ? ConfigurationNode(.object([]), origin: origin) : nil) else { return nil }
    let object = try ConfigurationObject(node, path: path, environment: environment)
    try object.expectKeys(keys)
    return object
  }

  /// The object under `key`, which may have no keys but `keys`.
  public func object(_ key: String, keys: [String]) throws(ConfigurationError) -> ConfigurationObject {
    guard let object = try objectIfPresent(key, keys: keys) else {
      throw missing(key, expected: "an object with the keys \(keys.joined(separator: ", "))")
    }
    return object
  }

  /// The objects listed under `key`, none when it is absent; each may have no keys but `keys`. The environment may
  /// change one of them or append others: `SPLASHDAM_SOURCES_0_TOPIC`.
  public func objects(_ key: String, keys: [String]) throws(ConfigurationError) -> [ConfigurationObject] {
    let path = keyPath(key)
    var nodes: [ConfigurationNode] = []
    if let node = node(key) {
      guard case .list(let listed) = node.content else {
        throw ConfigurationError(
          origin: node.origin, keyPath: path, problem: "\(path): expected a list, found \(node.kindName)",
          remedy: "begin each of its parts with \"- \"")
      }
      nodes = listed
    }
    while environment.hasValues(below: "\(path)[\(nodes.count)]") {
      nodes.append(ConfigurationNode(.object([]), origin: origin))
    }
    var objects: [ConfigurationObject] = []
    for (index, node) in nodes.enumerated() {
      let object = try ConfigurationObject(node, path: "\(path)[\(index)]", environment: environment)
      try object.expectKeys(keys)
      objects.append(object)
    }
    return objects
  }

  /// The texts under `key` by names of the writer's choice, such as labels; empty when it is absent. The environment
  /// cannot name new ones and is not asked.
  public func dictionary(_ key: String) throws(ConfigurationError) -> [String: String] {
    guard let node = node(key) else { return [:] }
    let object = try ConfigurationObject(node, path: keyPath(key), environment: environment)
    var values: [String: String] = [:]
    for name in object.keys { values[name] = try object.string(name, default: "") }
    return values
  }
}
