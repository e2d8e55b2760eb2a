import Base

extension VirtualFileSystem.State {
  /// The number of the file with this name; nil when there is none.
  func file(_ path: String) throws(FileError) -> Int? {
    switch names.nodes[path] {
    case nil: return nil
    case .file(let number): return number
    case .directory: throw FileError(operation: "open", path: path, code: 21, reason: "Is a directory")
    }
  }

  func descriptor(
    _ file: VirtualFileSystem.File, _ operation: String
  ) throws(FileError) -> (number: Int, path: String) {
    if let found = open[file.descriptor] { return found }
    throw FileError(
      operation: operation, path: "descriptor \(file.descriptor)", code: 9, reason: "Bad file descriptor")
  }

  mutating func makeDescriptor(_ number: Int, _ path: String) -> VirtualFileSystem.File {
    defer { nextDescriptor += 1 }
    open[nextDescriptor] = (number, path)
    return VirtualFileSystem.File(descriptor: nextDescriptor)
  }

  mutating func changeNames(_ change: VirtualNames.Change) {
    names.apply(change)
    pendingNames.append(change)
  }

  mutating func write(_ number: Int, _ bytes: ArraySlice<UInt8>, at offset: Int) {
    let before = files[number]?.content.count ?? 0
    files[number]?.write(bytes, at: offset)
    files[number]?.modified = time
    used += (files[number]?.content.count ?? 0) - before
  }

  mutating func resize(_ number: Int, to size: Int) {
    used += size - (files[number]?.content.count ?? 0)
    files[number]?.resize(to: size)
    files[number]?.modified = time
  }

  func status(ofFile number: Int) -> FileStatus {
    FileStatus(
      device: 1, inode: UInt64(number), size: Int64(files[number]?.content.count ?? 0),
      modified: files[number]?.modified ?? 0, kind: .file)
  }

  /// Room comes back when no name, lost or not, and no descriptor leads to the file any more.
  mutating func freeIfUnused(_ number: Int) {
    if names.nodes.values.contains(.file(number)) || open.values.contains(where: { $0.number == number }) { return }
    if durableNames.nodes.values.contains(.file(number)) || !pendingNames.isEmpty { return }
    free(number)
  }

  mutating func freeUnused() {
    if !pendingNames.isEmpty { return }
    var used = Set(open.values.map(\.number))
    for node in Array(names.nodes.values) + Array(durableNames.nodes.values) {
      if case .file(let number) = node { used.insert(number) }
    }
    for number in files.keys where !used.contains(number) { free(number) }
  }

  private mutating func free(_ number: Int) {
    used -= files[number]?.content.count ?? 0
    files[number] = nil
  }
}
