import Base
import MetadataStore
import Simulator
import Testing

/// Random transactions with the power cut at random calls: afterwards the store holds exactly what was acknowledged,
/// or that and the one transaction that was under way.
@Suite struct MetadataStoreModelTests {
  private typealias Model = [String: MetadataEntry]

  private static let paths = ["/a", "/b", "/a/x", "/a/y", "/b/x", "/a/x/1"]

  private func operations(_ random: inout SeededRandom) -> [MetadataOperation] {
    (0..<Int.random(in: 1...4, using: &random)).map { _ in
      let path = Self.paths.randomElement(using: &random) ?? "/a"
      let value = [UInt8](
        repeating: .random(in: 0...255, using: &random), count: .random(in: 0...20_000, using: &random))
      let version: Int64? = Bool.random(using: &random) ? nil : .random(in: 0...3, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: return .create(path, value: value)
      case 1: return .set(path, value: value, expectedVersion: version)
      case 2: return .delete(path, expectedVersion: version)
      default: return .check(path)
      }
    }
  }

  /// The rules once more, in the plainest way; nil when the transaction is refused.
  private func applied(_ operations: [MetadataOperation], to model: Model) -> Model? {
    var model = model
    for operation in operations {
      let path = operation.path
      switch operation {
      case .create(_, let value, _):
        let parent = path.parentDirectory
        guard model[path] == nil, parent == "/" || model[parent] != nil else { return nil }
        model[path] = MetadataEntry(value: value, version: 0)
      case .set(_, let value, let expected):
        guard let entry = model[path], expected ?? entry.version == entry.version else { return nil }
        model[path] = MetadataEntry(value: value, version: entry.version + 1)
      case .delete(_, let expected):
        guard let entry = model[path], expected ?? entry.version == entry.version,
          !model.keys.contains(where: { $0.hasPrefix(path + "/") })
        else { return nil }
        model[path] = nil
      case .check(_, let expected):
        guard let entry = model[path], expected ?? entry.version == entry.version else { return nil }
      }
    }
    return model
  }

  private func content(_ store: some MetadataStore) throws(MetadataStoreError) -> Model {
    var model: Model = [:]
    for path in Self.paths { model[path] = try store.get(path) }
    return model
  }

  @Test func crashesLeaveOldOrNew() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("metadata store model: seed \(seed)")
    var random = SeededRandom(seed: seed)
    let files = VirtualFileSystem()
    var model: Model = [:]
    var underWay: Model?
    for life in 0..<150 {
      let store: EmbeddedMetadataStore<VirtualFileSystem>
      do throws(MetadataStoreError) {
        // Now and then the power goes while it starts.
        if Int.random(in: 0..<5, using: &random) == 0 { files.stop(afterCalls: .random(in: 0...6, using: &random)) }
        store = try EmbeddedMetadataStore(directory: "/state", files: files)
      } catch {
        guard case .file = error else { throw error }
        files.crash(&random)
        continue
      }
      let found = try content(store)
      if let expected = underWay, found == expected { model = expected }
      #expect(found == model, "life \(life) of seed \(seed)")
      underWay = nil
      files.stop(afterCalls: .random(in: 0...60, using: &random))
      while underWay == nil {
        let operations = operations(&random)
        let next = applied(operations, to: model)
        do throws(MetadataStoreError) {
          try store.multi(operations)
          #expect(next != nil, "seed \(seed): a transaction was taken that the rules refuse")
          model = next ?? model
        } catch {
          switch error {
          case .file, .unusable: underWay = next ?? model
          default: #expect(next == nil, "seed \(seed): refused without need: \(error)")
          }
        }
        #expect(try content(store) == model)
      }
      files.crash(&random)
    }
  }
}
