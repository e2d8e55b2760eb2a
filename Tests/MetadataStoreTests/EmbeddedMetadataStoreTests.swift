import Base
import MetadataStore
import Simulator
import Testing

@Suite struct EmbeddedMetadataStoreTests {
  private let files = VirtualFileSystem()
  private static let journal = "/state/metadata.journal"
  private static let snapshot = "/state/metadata.snapshot"
  private static let copy = ".copy"

  private func open() throws(MetadataStoreError) -> EmbeddedMetadataStore<VirtualFileSystem> {
    try EmbeddedMetadataStore(directory: "/state", files: files)
  }

  private func refusalToOpen() -> String {
    do throws(MetadataStoreError) {
      _ = try open()
      return "none"
    } catch {
      return error.description
    }
  }

  @Test func conforms() throws {
    try MetadataStoreConformance {
      try EmbeddedMetadataStore(directory: "/state", files: VirtualFileSystem())
    }.checkAll()
  }

  @Test func keepsPersistentNodesOnly() throws {
    do {
      let store = try open()
      try store.multi([.create("/a", value: [1]), .create("/a/b"), .set("/a", value: [2]), .create("/e", owner: 1)])
      try store.multi([.delete("/a/b"), .create("/ü", value: [3])])
    }
    let store = try open()
    #expect(try store.get("/a") == MetadataEntry(value: [2], version: 1))
    #expect(try store.children("/") == ["a", "ü"])
    #expect(store.takeChanges() == [])
    try store.multi([.create("/a/b"), .check("/a", expectedVersion: 1)])
  }

  @Test func doesNotWriteForEphemeralNodes() throws {
    let store = try open()
    let before = files.content(Self.journal)
    try store.multi([.create("/e", owner: 1), .set("/e", value: [1]), .check("/e")])
    try store.end(owner: 1)
    #expect(files.content(Self.journal) == before)
  }

  @Test func compactsItsJournal() throws {
    do {
      let store = try open()
      try store.multi([.create("/a"), .create("/b", value: [9])])
      for index in 0..<2000 {
        try store.multi([.set("/a", value: [UInt8](repeating: UInt8(index % 256), count: 1000))])
      }
      #expect(store.compactionFailure == nil)
    }
    #expect(files.content(Self.journal)?.count ?? .max < 300_000)
    let store = try open()
    #expect(try store.get("/a")?.version == 2000)
    #expect(try store.get("/b")?.value == [9])
  }

  @Test func fullDiskRefusesAndRecovers() throws {
    let store = try open()
    try store.multi([.create("/a")])
    files.failNext(28, "no space left on device")
    #expect(throws: MetadataStoreError.self) { try store.multi([.set("/a", value: [1])]) }
    #expect(try store.get("/a")?.version == 0)
    try store.multi([.set("/a", value: [2])])
    #expect(try open().get("/a") == MetadataEntry(value: [2], version: 1))
  }

  @Test func stopsWhenTheFileIsInDoubt() throws {
    let store = try open()
    files.failNext(5, "input/output error", count: 2)
    #expect(throws: MetadataStoreError.self) { try store.multi([.create("/a")]) }
    do throws(MetadataStoreError) {
      try store.multi([.create("/a")])
      Issue.record("a store in doubt took a change")
    } catch {
      guard case .unusable = error else { throw error }
    }
    #expect(try open().get("/a") == nil)
  }

  @Test func cutsAnIncompleteAppend() throws {
    do {
      let store = try open()
      try store.multi([.create("/a")])
      try store.multi([.create("/b")])
    }
    let whole = try #require(files.content(Self.journal))
    let store = MetadataRecord(transaction: 3, effects: [.put("/c", version: 0, value: [1])]).encoded()
    for count in 1..<store.count {
      files.setContent(Self.journal, whole + store.prefix(count))
      let reopened = try open()
      #expect(try reopened.children("/") == ["a", "b"])
      #expect(reopened.discardedByteCount == count)
      #expect(files.content(Self.journal) == whole)
      #expect(try open().discardedByteCount == 0)
    }
  }

  @Test func refusesDamageToBothCopies() throws {
    do {
      let store = try open()
      for name in ["/a", "/b", "/c"] { try store.multi([.create(name)]) }
    }
    let whole = try #require(files.content(Self.journal))
    #expect(files.content(Self.journal + Self.copy) == whole)
    func setJournals(_ bytes: [UInt8]) {
      for path in [Self.journal, Self.journal + Self.copy] { files.setContent(path, bytes) }
    }
    setJournals([])
    #expect(refusalToOpen().contains("does not begin as a metadata file"))
    let last = MetadataRecord(transaction: 3, effects: [.put("/c", version: 0, value: [])]).encoded()
    for index in whole.indices.dropLast(last.count) {
      var damaged = whole
      damaged[index] ^= 0x10
      setJournals(damaged)
      #expect(refusalToOpen().hasPrefix("/state/metadata.journal is damaged at byte "), "byte \(index)")
      #expect(files.content(Self.journal) == damaged)
    }
  }

  /// Any byte flipped and any end cut off in any one file costs nothing, and is told.
  @Test func mendsOneFileFromItsCopy() throws {
    do {
      let store = try open()
      try store.multi([.create("/a"), .create("/b", value: [9])])
      for index in 0..<280 { try store.multi([.set("/a", value: [UInt8](repeating: UInt8(index % 256), count: 1000))]) }
    }
    let contents = files.paths.map { ($0, files.content($0) ?? []) }
    #expect(contents.map(\.0) == [Self.journal, Self.journal + Self.copy, Self.snapshot, Self.snapshot + Self.copy])
    #expect(contents.allSatisfy { $0.1.count > 100 })
    for (path, content) in contents {
      for place in stride(from: 0, to: content.count, by: max(1, content.count / 23)) {
        for isCut in [false, true] {
          var damaged = content
          if isCut { damaged.removeLast(content.count - place) } else { damaged[place] ^= 0x04 }
          files.setContent(path, damaged)
          let store = try open()
          let what = "\(path), byte \(place), \(isCut ? "cut" : "flipped")"
          #expect(try store.get("/a") == MetadataEntry(value: [UInt8](repeating: 23, count: 1000), version: 280))
          #expect(try store.get("/b")?.value == [9], "\(what)")
          #expect(store.mendedFiles.count == 1 && store.mendedFiles[0].hasPrefix("\(path) was made anew"), "\(what)")
          #expect(files.content(path) == content, "\(what)")
        }
      }
      try files.remove(path)
      #expect(try open().get("/a")?.version == 280)
      #expect(files.content(path) == content)
    }
  }

  /// A crash around compaction may leave the new snapshot and only the first part of the old journal. What follows on
  /// the snapshot must not be appended behind records that are older than it.
  @Test(arguments: [0, 1, 3]) func emptiesAJournalOlderThanItsSnapshot(recordCount: Int) throws {
    do { _ = try open() }
    let magic = try #require(files.content(Self.journal))
    let old = (0..<recordCount).flatMap {
      MetadataRecord(transaction: UInt64($0) + 1, effects: [.put("/a", version: Int64($0), value: [1])]).encoded()
    }
    let snapshot = MetadataRecord(transaction: 5, effects: [.put("/a", version: 4, value: [5])]).encoded()
    _ = try files.open(Self.snapshot, .replace)
    files.setContent(Self.snapshot, Array("SPLMETS1".utf8) + snapshot)
    for path in [Self.journal, Self.journal + Self.copy] { files.setContent(path, magic + old) }
    do {
      let store = try open()
      #expect(try store.get("/a") == MetadataEntry(value: [5], version: 4))
      #expect(files.content(Self.journal) == magic && store.discardedByteCount == old.count)
      try store.multi([.set("/a", value: [6])])
    }
    let store = try open()
    #expect(try store.get("/a") == MetadataEntry(value: [6], version: 5))
    #expect(store.discardedByteCount == 0 && store.mendedFiles.isEmpty)
  }

  @Test func refusesGapsAndSenselessRecords() throws {
    do { _ = try open() }
    let empty = try #require(files.content(Self.journal))
    let records: [MetadataRecord] = [
      MetadataRecord(transaction: 2, effects: []), MetadataRecord(transaction: 0, effects: []),
      MetadataRecord(transaction: 1, effects: [.put("/a/b", version: 0, value: [])]),
      MetadataRecord(transaction: 1, effects: [.put("/a", version: -1, value: [])]),
      MetadataRecord(transaction: 1, effects: [.remove("/a")]), MetadataRecord(transaction: 1, effects: [.remove("/")]),
      MetadataRecord(transaction: 1, effects: [.put("../a", version: 0, value: [])]),
    ]
    for record in records {
      for path in [Self.journal, Self.journal + Self.copy] { files.setContent(path, empty + record.encoded()) }
      #expect(refusalToOpen() != "none", "\(record)")
    }
  }

  @Test func recordsReadBack() throws {
    let record = MetadataRecord(
      transaction: 7,
      effects: [.put("/a", version: 3, value: [1, 2]), .remove("/ö"), .put("/b", version: 0, value: [])])
    let bytes = record.encoded()
    let payload = try #require(MetadataRecord.payload(in: bytes, at: 0))
    #expect(MetadataRecord(payload: bytes[payload]) == record)
    for count in 12..<payload.count { #expect(MetadataRecord(payload: bytes[8..<(8 + count)]) == nil) }
  }
}
