import Base
import Synchronization

/// The metadata of a broker that stands alone, in two files of one directory, and a copy of each (`….copy`):
///
/// - `metadata.journal`: every transaction since the snapshot, appended and synced before `multi` returns;
/// - `metadata.snapshot`: all nodes as of one transaction, replaced as a whole when the journal has grown.
///
/// A crash leaves the state before or after a transaction. An incomplete last record of the journal was never
/// acknowledged and is cut off. Damage to one of two copies costs nothing: the one that knows more transactions counts,
/// the other is made anew from it. Damage to both is an error.
/// Ephemeral nodes live in memory: their owners end with the process. One process at a time may open the directory.
public final class EmbeddedMetadataStore<Files: FileSystem>: MetadataStore {
  static var journalMagic: [UInt8] { Array("SPLMETJ1".utf8) }
  static var snapshotMagic: [UInt8] { Array("SPLMETS1".utf8) }
  /// Bytes of a value, and of all that one transaction carries.
  static var valueLimit: Int { 512 << 10 }
  static var transactionLimit: Int { 1_000_000 }
  /// Bytes of all nodes together.
  static var storeLimit: Int { 256 << 20 }
  static var fileLimit: Int { 1 << 30 }
  /// Bytes the journal may always grow to before it is compacted.
  static var compactionThreshold: Int64 { 256 << 10 }
  /// Changes kept for `takeChanges`; when nobody asks, the oldest go.
  static var changeLimit: Int { 100_000 }

  struct State: Sendable {
    var tree = MetadataTree()
    var transaction: UInt64 = 0
    /// The journal and its copy.
    var journals: [Files.File]
    var journalSize: Int64
    var snapshotSize: Int64
    var changes: [MetadataChange] = []
    var failure: FileError?
    var compactionFailure: FileError?
  }

  let files: Files
  /// The snapshot and its copy.
  let snapshotPaths: [String]
  /// Bytes of an append that a crash had cut short, found and removed when the store was opened.
  public let discardedByteCount: Int
  /// Files that were damaged or missing and were made anew from their copies, with the reason.
  public let mendedFiles: [String]
  private let state: Mutex<State>

  /// Opens the store in `directory`, which is created when it is missing.
  public init(directory: String, files: Files) throws(MetadataStoreError) {
    self.files = files
    snapshotPaths = Self.paths(of: "metadata.snapshot", in: directory)
    let loaded = try Self.load(directory: directory, snapshotPaths: snapshotPaths, files: files)
    state = Mutex(loaded.state)
    discardedByteCount = loaded.discarded
    mendedFiles = loaded.mended
  }

  deinit {
    state.withLock { state in
      for journal in state.journals { files.close(journal) }
    }
  }

  /// Why the journal could not be compacted when it last should have been; nil when it was. Nothing is lost by that,
  /// but the journal grows.
  public var compactionFailure: FileError? { state.withLock { $0.compactionFailure } }

  public func get(_ path: String) throws(MetadataStoreError) -> MetadataEntry? {
    _ = try MetadataPath.parts(of: path)
    return state.withLock { $0.tree.nodes[path]?.entry }
  }

  public func children(_ path: String) throws(MetadataStoreError) -> [String] {
    _ = try MetadataPath.parts(of: path)
    return state.withLock { $0.tree.nodes[path]?.children.sorted() ?? [] }
  }

  public func takeChanges() -> [MetadataChange] {
    state.withLock { state in
      defer { state.changes = [] }
      return state.changes
    }
  }

  public func multi(_ operations: [MetadataOperation]) throws(MetadataStoreError) {
    try Self.checkSizes(of: operations)
    try state.withLock { (state) throws(MetadataStoreError) in try transact(operations, &state) }
  }

  public func end(owner: Int64) throws(MetadataStoreError) {
    try state.withLock { (state) throws(MetadataStoreError) in
      let owned = state.tree.nodes.filter { $0.value.entry.owner == owner }.keys.sorted()
      try transact(owned.map { .delete($0) }, &state)
    }
  }

  private static func checkSizes(of operations: [MetadataOperation]) throws(MetadataStoreError) {
    var total = 0
    for operation in operations {
      guard operation.byteCount <= valueLimit else {
        throw .tooLarge("metadata \(operation.path)", bytes: operation.byteCount, limit: valueLimit)
      }
      total += operation.byteCount
    }
    guard total <= transactionLimit else {
      throw .tooLarge("the metadata transaction", bytes: total, limit: transactionLimit)
    }
  }

  private func transact(_ operations: [MetadataOperation], _ state: inout State) throws(MetadataStoreError) {
    if let failure = state.failure { throw .unusable(failure) }
    var undo: [MetadataTree.Undo] = []
    var effects: [MetadataRecord.Effect] = []
    var changes: [MetadataChange] = []
    do throws(MetadataStoreError) {
      for operation in operations {
        guard let step = try state.tree.apply(operation) else { continue }
        undo.append(step)
        let after = state.tree.nodes[step.path]?.entry
        let kind: MetadataChange.Kind = after == nil ? .deleted : step.before == nil ? .created : .changed
        changes.append(MetadataChange(step.path, kind))
        if let effect = Self.effect(at: step.path, before: step.before?.entry, after: after) { effects.append(effect) }
      }
      guard state.tree.byteCount <= Self.storeLimit else {
        throw .tooLarge("all metadata", bytes: state.tree.byteCount, limit: Self.storeLimit)
      }
      if !effects.isEmpty { try append(effects, &state) }
    } catch {
      state.tree.undo(undo)
      throw error
    }
    state.changes += changes
    if state.changes.count > Self.changeLimit { state.changes.removeFirst(state.changes.count - Self.changeLimit) }
    if state.journalSize > max(Self.compactionThreshold, 2 * state.snapshotSize) { compact(&state) }
  }

  private static func effect(
    at path: String, before: MetadataEntry?, after: MetadataEntry?
  ) -> MetadataRecord.Effect? {
    if (after ?? before)?.owner != nil { return nil }
    return after.map { .put(path, version: $0.version, value: $0.value) } ?? .remove(path)
  }

  private func append(_ effects: [MetadataRecord.Effect], _ state: inout State) throws(MetadataStoreError) {
    let record = MetadataRecord(transaction: state.transaction + 1, effects: effects).encoded()
    let end = state.journalSize
    do throws(FileError) {
      for journal in state.journals {
        try files.writeWhole(record, to: journal, at: end)
        try files.sync(journal)
      }
    } catch {
      // What the record left behind must go, or it would come back to life behind the next one.
      do throws(FileError) {
        for journal in state.journals {
          try files.truncate(journal, to: end)
          try files.sync(journal)
        }
      } catch {
        state.failure = error
      }
      throw .file(error)
    }
    state.transaction += 1
    state.journalSize = end + Int64(record.count)
  }

  /// Writes a snapshot and empties the journal. A crash between the two leaves records the snapshot has already, which
  /// loading skips by their number.
  private func compact(_ state: inout State) {
    do throws(FileError) {
      let snapshot = Self.snapshotMagic + Self.snapshot(of: state).encoded()
      for path in snapshotPaths { try files.replaceWhole(path, with: snapshot) }
      state.snapshotSize = Int64(snapshot.count)
      state.compactionFailure = nil
    } catch {
      // Until the disk takes it: the next try comes when the journal has doubled.
      state.compactionFailure = error
      state.snapshotSize = state.journalSize
      return
    }
    let empty = Int64(Self.journalMagic.count)
    do throws(FileError) {
      for journal in state.journals {
        try files.truncate(journal, to: empty)
        try files.sync(journal)
      }
      state.journalSize = empty
    } catch {
      state.failure = error
    }
  }

  private static func snapshot(of state: State) -> MetadataRecord {
    let persistent = state.tree.nodes.filter { $0.key != "/" && $0.value.entry.owner == nil }
    return MetadataRecord(
      transaction: state.transaction,
      effects: persistent.sorted { $0.key < $1.key }.map { path, node in
        .put(path, version: node.entry.version, value: node.entry.value)
      })
  }
}

extension FileSystem {
  func writeWhole(_ bytes: [UInt8], to file: File, at offset: Int64) throws(FileError) {
    var failure: FileError?
    bytes.withUnsafeBytes { bytes in
      do throws(FileError) {
        try write(file, at: offset, bytes, UnsafeRawBufferPointer(start: nil, count: 0))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}
