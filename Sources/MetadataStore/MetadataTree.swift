import Base

/// The nodes in memory, and the rules by which operations change them.
struct MetadataTree: Sendable {
  struct Node: Sendable {
    var entry: MetadataEntry
    var children: Set<String> = []
  }

  /// How to take one operation back.
  struct Undo {
    var path: String
    var before: Node?
  }

  /// Bytes a node is reckoned to take besides its path and value.
  static let nodeOverhead = 64

  private(set) var nodes: [String: Node] = ["/": Node(entry: MetadataEntry(value: [], version: 0))]
  private(set) var byteCount = 0

  /// Carries out one operation. Returns nil for a check, which changes nothing.
  mutating func apply(_ operation: MetadataOperation) throws(MetadataStoreError) -> Undo? {
    let path = operation.path
    try MetadataPath.checkNode(path)
    switch operation {
    case .create(_, let value, let owner):
      guard nodes[path] == nil else { throw .alreadyExists(path) }
      guard let parent = nodes[path.parentDirectory] else { throw .notFound(path.parentDirectory) }
      guard parent.entry.owner == nil else { throw .parentIsEphemeral(path) }
      return replace(path, with: Node(entry: MetadataEntry(value: value, version: 0, owner: owner)))
    case .set(_, let value, let expected):
      var node = try existing(path, expected)
      node.entry.value = value
      node.entry.version += 1
      return replace(path, with: node)
    case .delete(_, let expected):
      guard try existing(path, expected).children.isEmpty else { throw .hasChildren(path) }
      return replace(path, with: nil)
    case .check(_, let expected):
      _ = try existing(path, expected)
      return nil
    }
  }

  mutating func undo(_ steps: [Undo]) {
    for step in steps.reversed() { _ = replace(step.path, with: step.before) }
  }

  /// Puts a node in its place or takes it away, whatever the rules say; the parent must exist.
  mutating func replace(_ path: String, with node: Node?) -> Undo {
    let before = nodes[path]
    byteCount += cost(path, node) - cost(path, before)
    nodes[path] = node
    let name = path.lastPathComponent
    if node == nil {
      nodes[path.parentDirectory]?.children.remove(name)
    } else if before == nil {
      nodes[path.parentDirectory]?.children.insert(name)
    }
    return Undo(path: path, before: before)
  }

  private func cost(_ path: String, _ node: Node?) -> Int {
    guard let node else { return 0 }
    return path.utf8.count + node.entry.value.count + Self.nodeOverhead
  }

  private func existing(_ path: String, _ expected: Int64?) throws(MetadataStoreError) -> Node {
    guard let node = nodes[path] else { throw .notFound(path) }
    if let expected, expected != node.entry.version {
      throw .versionMismatch(path, expected: expected, found: node.entry.version)
    }
    return node
  }
}
