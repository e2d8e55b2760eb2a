/// Builds the nodes from the bytes of the two files, and trusts nothing in them that its checksum does not cover.
struct MetadataLoader {
  private(set) var tree = MetadataTree()
  private(set) var transaction: UInt64 = 0

  mutating func read(snapshot: [UInt8], magic: [UInt8], file: String) throws(MetadataStoreError) {
    try check(snapshot, begins: magic, file)
    guard let payload = MetadataRecord.payload(in: snapshot, at: magic.count), payload.upperBound == snapshot.count
    else {
      throw .corrupt(file, offset: magic.count, reason: "its checksum does not fit its content")
    }
    let record = try record(snapshot, payload, file)
    try apply(record, file, offset: magic.count)
  }

  /// Applies the records the snapshot does not hold yet. Returns where the last whole record ends; what follows is an
  /// append that a crash cut short. Where the snapshot holds more than the journal, as after a crash that left only a
  /// part of the journal's emptying behind, the journal is of no use and ends at its beginning.
  mutating func replay(journal: [UInt8], magic: [UInt8], file: String) throws(MetadataStoreError) -> Int {
    try check(journal, begins: magic, file)
    var offset = magic.count
    var previous: UInt64?
    while offset < journal.count {
      guard let payload = MetadataRecord.payload(in: journal, at: offset) else {
        try checkNothingFollows(in: journal, after: offset, previous ?? transaction, file)
        return previous == transaction ? offset : magic.count
      }
      let record = try record(journal, payload, file)
      let isNext = previous.map { record.transaction == $0 &+ 1 } ?? (record.transaction <= transaction &+ 1)
      guard isNext, record.transaction > 0 else {
        throw .corrupt(
          file, offset: offset,
          reason: "transaction \(record.transaction) follows on \(previous ?? transaction), some are missing")
      }
      previous = record.transaction
      if record.transaction > transaction { try apply(record, file, offset: offset) }
      offset = payload.upperBound
    }
    return previous == transaction ? offset : magic.count
  }

  private func check(_ bytes: [UInt8], begins magic: [UInt8], _ file: String) throws(MetadataStoreError) {
    guard bytes.starts(with: magic) else {
      throw .corrupt(file, offset: 0, reason: "it does not begin as a metadata file of this version does")
    }
  }

  private func record(
    _ bytes: [UInt8], _ payload: Range<Int>, _ file: String
  ) throws(MetadataStoreError) -> MetadataRecord {
    if let record = MetadataRecord(payload: bytes[payload]) { return record }
    throw .corrupt(file, offset: payload.lowerBound, reason: "the record's content is not well formed")
  }

  private mutating func apply(
    _ record: MetadataRecord, _ file: String, offset: Int
  ) throws(MetadataStoreError) {
    for effect in record.effects {
      switch effect {
      case .put(let path, let version, let value):
        try MetadataPath.checkNode(path)
        guard version >= 0, version < .max / 2, tree.nodes[path.parentDirectory] != nil else {
          throw .corrupt(file, offset: offset, reason: "it puts \(path), which has no parent or a senseless version")
        }
        var node = tree.nodes[path] ?? MetadataTree.Node(entry: MetadataEntry(value: [], version: 0))
        node.entry = MetadataEntry(value: value, version: version)
        _ = tree.replace(path, with: node)
      case .remove(let path):
        guard let node = tree.nodes[path], node.children.isEmpty, path != "/" else {
          throw .corrupt(file, offset: offset, reason: "it removes \(path), which does not exist or has children")
        }
        _ = tree.replace(path, with: nil)
      }
    }
    transaction = record.transaction
  }

  /// Each append is synced before the next begins, so only the last record can be incomplete: where a later one
  /// follows, the file is damaged.
  private func checkNothingFollows(
    in journal: [UInt8], after offset: Int, _ previous: UInt64, _ file: String
  ) throws(MetadataStoreError) {
    var next = offset + 1
    while next < journal.count {
      if let transaction = MetadataRecord.transaction(in: journal, at: next), transaction > previous,
        transaction - previous < 1 << 32, MetadataRecord.payload(in: journal, at: next) != nil
      {
        throw .corrupt(
          file, offset: offset, reason: "the record is broken, and transaction \(transaction) follows at byte \(next)")
      }
      next += 1
    }
  }
}
