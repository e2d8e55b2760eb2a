import Base

extension FileSink {
  static func stateErrors<Result>(_ body: () throws(FileError) -> Result) throws(SinkStateError) -> Result {
    do throws(FileError) {
      return try body()
    } catch {
      throw .file(error)
    }
  }

  /// Removes from a file what the checkpoint does not vouch for.
  func cutBack(_ path: String, _ expected: SinkCheckpoint.File) throws(FileError) -> [SinkNotice] {
    guard let status = try files.status(path: path), status.inode == expected.inode, status.kind == .file else {
      // Moved, removed or replaced since: whatever is there now is not what was being written.
      return []
    }
    if status.size < expected.size {
      return [.shortened(path: path, size: status.size, expected: expected.size)]
    }
    guard status.size > expected.size else { return [] }
    let file = try openLocked(path)
    defer { files.close(file) }
    try files.truncate(file, to: expected.size)
    try files.sync(file)
    return [.cutBack(path: path, bytes: status.size - expected.size)]
  }

  /// Where the group's offset and the checkpoint differ, the group's coordinator either did not hear of the last flush
  /// (then the checkpoint is right) or was told another offset since, by another sink or by an operator (then the group
  /// is right). An offset below what it is known to have held can only come from an operator.
  public mutating func assign(_ partition: TopicPartition, topicID: UUID, committed: Int64?) -> Int64? {
    if let known = remembered[partition], known.topicID != topicID {
      notices.append(.topicReplaced(partition))
      remembered[partition] = nil
    }
    guard let known = remembered[partition] else {
      ledger.add(partition, topicID: topicID, start: committed, committed: committed)
      return nil
    }
    if let committed, committed > known.next {
      ledger.add(partition, topicID: topicID, start: committed, committed: committed)
      return nil
    }
    if let committed, let before = known.committed, committed < before {
      notices.append(.groupWasReset(partition, committed: committed, checkpoint: known.next))
      ledger.add(partition, topicID: topicID, start: committed, committed: committed)
      return nil
    }
    if committed != known.next {
      notices.append(.startsAtCheckpoint(partition, offset: known.next, committed: committed))
    }
    ledger.add(partition, topicID: topicID, start: known.next, committed: committed)
    return known.next
  }

  public mutating func release(_ partitions: [TopicPartition]) {
    for entry in ledger.entries where partitions.contains(entry.partition) {
      // What the group knows as well need not be remembered; what it does not know protects from writing lines twice.
      remembered[entry.partition] =
        entry.durable == entry.committed
        ? nil
        : entry.durable.map { SinkCheckpoint.Partition(next: $0, committed: entry.committed, topicID: entry.topicID) }
    }
    ledger.remove(partitions)
  }
}
