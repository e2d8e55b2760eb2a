import Base

extension VirtualFileSystem {
  public func status(path: String) throws(FileError) -> FileStatus? {
    state.withLock { state in
      switch state.names.nodes[path] {
      case nil: nil
      case .directory: FileStatus(device: 1, inode: 0, size: 0, modified: state.time, kind: .directory)
      case .file(let number): state.status(ofFile: number)
      }
    }
  }

  public func space(_ path: String) throws(FileError) -> DiskSpace {
    try state.withLock { (state) throws(FileError) in
      if let failure = state.spaceFailure {
        throw FileError(operation: "inspect", path: path, code: failure, reason: "error \(failure)")
      }
      return DiskSpace(total: Int64(state.capacity), available: Int64(max(state.capacity - state.used, 0)))
    }
  }

  public func list(_ directory: String) throws(FileError) -> [String] {
    try state.withLock { (state) throws(FileError) in
      guard state.names.nodes[directory] == .directory else { throw .notFound("list", directory) }
      return state.names.children(of: directory).sorted()
    }
  }

  public func createDirectory(_ path: String) throws(FileError) {
    switch state.withLock({ $0.names.nodes[path] }) {
    case .directory: return
    case .file: throw FileError(operation: "create directory", path: path, code: 17, reason: "File exists")
    case nil: break
    }
    try createDirectory(path.parentDirectory)
    try change("create directory", path) { (state) throws(FileError) in state.changeNames(.set(path, .directory)) }
  }

  public func remove(_ path: String) throws(FileError) {
    try change("remove", path) { (state) throws(FileError) in
      guard let node = state.names.nodes[path] else { throw .notFound("remove", path) }
      if node == .directory, !state.names.children(of: path).isEmpty {
        throw FileError(operation: "remove", path: path, code: 39, reason: "Directory not empty")
      }
      state.changeNames(.remove(path))
      if case .file(let number) = node { state.freeIfUnused(number) }
    }
  }

  public func rename(_ path: String, to newPath: String) throws(FileError) {
    try change("rename", path) { (state) throws(FileError) in
      guard state.names.nodes[path] != nil, state.names.nodes[newPath.parentDirectory] == .directory else {
        throw .notFound("rename", path)
      }
      let replaced = state.names.nodes[newPath]
      state.changeNames(.rename(path, newPath))
      if case .file(let number) = replaced { state.freeIfUnused(number) }
    }
  }

  public func syncDirectory(_ path: String) throws(FileError) {
    try change("sync", path) { (state) throws(FileError) in
      guard state.names.nodes[path] == .directory else { throw .notFound("sync", path) }
      for change in state.pendingNames { state.durableNames.apply(change) }
      state.pendingNames = []
      state.freeUnused()
    }
  }
}
