import Base

/// The names of a `VirtualFileSystem`: a tree of directories, and files by number.
struct VirtualNames: Sendable {
  enum Node: Sendable, Hashable {
    case directory
    case file(Int)
  }

  /// A change to the tree.
  enum Change: Sendable {
    case set(String, Node)
    case remove(String)
    case rename(String, String)
  }

  private(set) var nodes: [String: Node] = ["/": .directory]

  func children(of directory: String) -> [String] {
    nodes.keys.filter { $0 != "/" && $0.parentDirectory == directory }.map(\.lastPathComponent)
  }

  mutating func apply(_ change: Change) {
    switch change {
    case .set(let path, let node): nodes[path] = node
    case .remove(let path): nodes[path] = nil
    case .rename(let path, let newPath):
      guard let node = nodes.removeValue(forKey: path) else { return }
      nodes[newPath] = node
      guard node == .directory else { return }
      for (child, node) in nodes where child.hasPrefix(path + "/") {
        nodes[child] = nil
        nodes[newPath + child.dropFirst(path.count)] = node
      }
    }
  }
}
