import Base

extension FileSink {
  public mutating func flush() throws(FileError) {
    let unsettled = outputs.indices.filter { outputs[$0].pending.isEmpty && !outputs[$0].isSettled }
    guard hasPending || !unsettled.isEmpty else { return }
    // A try that failed may have left a checkpoint that vouches for what is cut off below.
    if isStoredUncertain { try store(checkpoint(settled: false)) }
    for index in pendingOutputs { try open(index) }
    if pendingOutputs.contains(where: { !isStored($0) }) { try store(checkpoint(settled: false)) }
    for index in unsettled { try clean(index) }
    for index in pendingOutputs { try write(index) }
    for index in pendingOutputs { try sync(index) }
    try store(checkpoint(settled: true))
    settle()
  }

  public mutating func close() throws(FileError) {
    let last = checkpoint(settled: false)
    if last != stored || isStoredUncertain { try store(last) }
    for index in outputs.indices {
      if let file = outputs[index].file { files.close(file) }
      outputs[index].file = nil
    }
  }

  private mutating func settle() {
    for index in pendingOutputs {
      outputs[index].size += Int64(outputs[index].pending.count)
      outputs[index].isDirty = false
      outputs[index].unsyncedDirectories = []
      // A burst's memory goes back; that of a steady stream stays.
      outputs[index].pending.removeAll(keepingCapacity: outputs[index].pending.capacity <= Self.retainedSize)
    }
    pendingOutputs.removeAll(keepingCapacity: true)
    pendingBytes = 0
    ledger.settle()
  }

  private static var retainedSize: Int { 256 << 10 }

  /// Whether the stored checkpoint says how far the file counts.
  private func isStored(_ index: Int) -> Bool {
    stored.files[outputs[index].path] == SinkCheckpoint.File(size: outputs[index].size, inode: outputs[index].inode)
  }

  /// What counts now or, `settled`, once the flush is done.
  func checkpoint(settled: Bool) -> SinkCheckpoint {
    var checkpoint = SinkCheckpoint(group: settings.group, partitions: remembered)
    for output in outputs where output.file != nil {
      let size = output.size + (settled ? Int64(output.pending.count) : 0)
      checkpoint.files[output.path] = SinkCheckpoint.File(size: size, inode: output.inode)
    }
    for entry in ledger.entries {
      guard let next = settled ? entry.next : entry.durable else { continue }
      checkpoint.partitions[entry.partition] = SinkCheckpoint.Partition(
        next: next, committed: entry.committed, topicID: entry.topicID)
    }
    return checkpoint
  }

  mutating func store(_ checkpoint: SinkCheckpoint) throws(FileError) {
    isStoredUncertain = true
    try files.replaceWhole(checkpointPath, with: checkpoint.encoded())
    isStoredUncertain = false
    stored = checkpoint
  }

  /// Makes sure that the output's file is open, still has its name, and ends where what counts ends.
  private mutating func open(_ index: Int) throws(FileError) {
    let path = outputs[index].path
    let named = try files.status(path: path)
    if let file = outputs[index].file {
      if named?.inode == outputs[index].inode {
        try adopt(index, try files.status(file).size)
        return
      }
      // Somebody rotates these files. What belongs to the old one is in it; what a failed flush left there is cut off.
      if outputs[index].isDirty { try files.truncate(file, to: outputs[index].size) }
      notices.append(.replaced(path: path))
      files.close(file)
      outputs[index].file = nil
      outputs[index].isDirty = false
    }
    if let named, named.kind != .file {
      throw FileError(operation: "write to", path: path, code: 22, reason: "it is not a file")
    }
    // Whoever made the file may have been killed before its name was on disk.
    outputs[index].unsyncedDirectories = [path.parentDirectory]
    if named == nil { try create(index) }
    let file = try openLocked(path)
    let status = try files.status(file)
    outputs[index].file = file
    outputs[index].inode = status.inode
    outputs[index].size = status.size
  }

  /// Makes the directories that are missing, and remembers what must be synced for the file to have its name for good.
  private mutating func create(_ index: Int) throws(FileError) {
    var directory = outputs[index].path.parentDirectory
    var unsynced = [directory]
    while directory != "/", directory != ".", try files.status(path: directory) == nil {
      directory = directory.parentDirectory
      unsynced.append(directory)
    }
    outputs[index].unsyncedDirectories = unsynced
    if unsynced.count > 1 { try files.createDirectory(outputs[index].path.parentDirectory) }
  }

  /// Nobody else should write here, but where somebody does, nothing of it is overwritten.
  private mutating func adopt(_ index: Int, _ size: Int64) throws(FileError) {
    guard !outputs[index].isDirty, size != outputs[index].size else { return }
    let expected = outputs[index].size
    notices.append(
      size < expected
        ? .shortened(path: outputs[index].path, size: size, expected: expected)
        : .grown(path: outputs[index].path, size: size, expected: expected))
    outputs[index].size = size
  }

  /// Cuts off what a failed flush left and no one wants any more.
  private mutating func clean(_ index: Int) throws(FileError) {
    if let file = outputs[index].file, outputs[index].isDirty {
      try files.truncate(file, to: outputs[index].size)
      try files.sync(file)
    }
    for directory in outputs[index].unsyncedDirectories { try files.syncDirectory(directory) }
    outputs[index].isDirty = false
    outputs[index].unsyncedDirectories = []
  }

  private mutating func write(_ index: Int) throws(FileError) {
    guard let file = outputs[index].file else { return }
    // What is pending now may be less than what was tried before.
    if outputs[index].isDirty { try files.truncate(file, to: outputs[index].size) }
    outputs[index].isDirty = true
    var failure: FileError?
    outputs[index].pending.withUnsafeBytes { bytes in
      do throws(FileError) {
        try files.write(file, at: outputs[index].size, bytes, UnsafeRawBufferPointer(start: nil, count: 0))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  private mutating func sync(_ index: Int) throws(FileError) {
    guard let file = outputs[index].file else { return }
    try files.sync(file)
    for directory in outputs[index].unsyncedDirectories { try files.syncDirectory(directory) }
  }
}
