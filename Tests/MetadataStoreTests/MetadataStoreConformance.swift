import MetadataStore
import Testing

/// What every `MetadataStore` must do. Call `checkAll` with a way to make an empty store.
struct MetadataStoreConformance<Store: MetadataStore> {
  let make: () throws -> Store

  func checkAll() throws {
    try createsReadsSetsAndDeletes()
    try comparesVersions()
    try keepsTheTreeWhole()
    try refusesSenselessPaths()
    try changesAllOrNothing()
    try seesEarlierOperationsOfATransaction()
    try endsEphemeralNodes()
    try tellsWhatChanged()
    try ensuresAncestors()
    try boundsSizes()
  }

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// The error `operations` meet; nil when they succeed.
  private func refusal(_ store: Store, _ operations: MetadataOperation...) -> MetadataStoreError? {
    do throws(MetadataStoreError) {
      try store.multi(operations)
      return nil
    } catch {
      return error
    }
  }

  private func createsReadsSetsAndDeletes() throws {
    let store = try make()
    #expect(try store.get("/a") == nil)
    #expect(try store.children("/a") == [])
    try store.multi([.create("/a", value: bytes("one"))])
    #expect(try store.get("/a") == MetadataEntry(value: bytes("one"), version: 0))
    try store.multi([.set("/a", value: bytes("two"))])
    try store.multi([.set("/a", value: [])])
    #expect(try store.get("/a") == MetadataEntry(value: [], version: 2))
    try store.multi([.delete("/a")])
    #expect(try store.get("/a") == nil)
    try store.multi([.create("/a")])
    #expect(try store.get("/a")?.version == 0)
    try store.multi([])
  }

  private func comparesVersions() throws {
    let store = try make()
    try store.multi([.create("/a")])
    #expect(
      refusal(store, .set("/a", value: [1], expectedVersion: 1)) == .versionMismatch("/a", expected: 1, found: 0))
    try store.multi([.set("/a", value: [1], expectedVersion: 0), .check("/a", expectedVersion: 1)])
    #expect(refusal(store, .check("/a", expectedVersion: 0)) == .versionMismatch("/a", expected: 0, found: 1))
    #expect(refusal(store, .delete("/a", expectedVersion: 7)) == .versionMismatch("/a", expected: 7, found: 1))
    #expect(refusal(store, .check("/b")) == .notFound("/b"))
    #expect(refusal(store, .set("/b", value: [])) == .notFound("/b"))
    try store.multi([.delete("/a", expectedVersion: 1)])
  }

  private func keepsTheTreeWhole() throws {
    let store = try make()
    #expect(refusal(store, .create("/a/b")) == .notFound("/a"))
    try store.multi([.create("/a"), .create("/a/b"), .create("/a/ä ö"), .create("/a/b/c")])
    #expect(refusal(store, .create("/a/b")) == .alreadyExists("/a/b"))
    #expect(refusal(store, .delete("/a/b")) == .hasChildren("/a/b"))
    #expect(try store.children("/a") == ["b", "ä ö"])
    #expect(try store.children("/").contains("a"))
    try store.multi([.delete("/a/b/c"), .delete("/a/b")])
    #expect(try store.children("/a") == ["ä ö"])
  }

  private func refusesSenselessPaths() throws {
    let store = try make()
    let long = "/" + String(repeating: "x", count: MetadataPath.byteLimit)
    for path in ["", "a", "/a/", "//", "/a//b", "/.", "/a/..", "/a\u{0}b", "/a\nb", long] {
      #expect(throws: MetadataStoreError.self) { try store.get(path) }
      guard case .invalidPath = refusal(store, .create(path)) else {
        Issue.record("\(path.debugDescription) was taken")
        continue
      }
    }
    guard case .invalidPath = refusal(store, .delete("/")) else {
      Issue.record("the root was deleted")
      return
    }
  }

  private func changesAllOrNothing() throws {
    let store = try make()
    try store.multi([.create("/a", value: [1]), .create("/a/b")])
    _ = try store.takeChanges()
    #expect(
      refusal(
        store, .set("/a", value: [2]), .create("/c"), .delete("/a/b"), .create("/a/d"), .check("/e")) == .notFound("/e")
    )
    #expect(try store.get("/a") == MetadataEntry(value: [1], version: 0))
    #expect(try store.children("/a") == ["b"])
    #expect(try store.get("/c") == nil)
    #expect(try store.takeChanges() == [])
  }

  private func seesEarlierOperationsOfATransaction() throws {
    let store = try make()
    try store.multi([
      .create("/a"), .create("/a/b", value: [1]), .set("/a/b", value: [2], expectedVersion: 0),
      .check("/a/b", expectedVersion: 1), .create("/a/c"), .delete("/a/c"),
    ])
    #expect(try store.get("/a/b") == MetadataEntry(value: [2], version: 1))
    #expect(try store.children("/a") == ["b"])
  }

  private func endsEphemeralNodes() throws {
    let store = try make()
    try store.multi([
      .create("/brokers"), .create("/brokers/1", value: [1], owner: 1), .create("/brokers/2", value: [2], owner: 2),
    ])
    #expect(try store.get("/brokers/1") == MetadataEntry(value: [1], version: 0, owner: 1))
    #expect(refusal(store, .create("/brokers/1/x")) == .parentIsEphemeral("/brokers/1/x"))
    try store.end(owner: 1)
    #expect(try store.children("/brokers") == ["2"])
    try store.multi([.set("/brokers/2", value: [3], expectedVersion: 0), .create("/brokers/1", owner: 3)])
    try store.end(owner: 1)
    #expect(try store.children("/brokers") == ["1", "2"])
  }

  private func tellsWhatChanged() throws {
    let store = try make()
    try store.multi([.create("/a"), .create("/b", owner: 4)])
    #expect(try store.takeChanges() == [MetadataChange("/a", .created), MetadataChange("/b", .created)])
    try store.multi([.set("/a", value: [1])])
    try store.end(owner: 4)
    #expect(try store.takeChanges() == [MetadataChange("/a", .changed), MetadataChange("/b", .deleted)])
    #expect(try store.takeChanges() == [])
  }

  private func ensuresAncestors() throws {
    let store = try make()
    try store.ensure("/a/b/c")
    try store.ensure("/a/b/c")
    #expect(try store.get("/a/b/c") == MetadataEntry(value: [], version: 0))
  }

  private func boundsSizes() throws {
    let store = try make()
    guard case .tooLarge = refusal(store, .create("/a", value: [UInt8](repeating: 0, count: 2_000_000))) else {
      Issue.record("two million bytes were taken")
      return
    }
    try store.multi([.create("/a", value: [UInt8](repeating: 7, count: 500_000))])
    #expect(try store.get("/a")?.value.count == 500_000)
  }
}
