import Base
import MetadataStore
import Simulator
import TestKit
import Testing

/// Whatever lies in the metadata directory: the store opens with nodes it can keep, or says what is damaged and leaves
/// the files alone.
@Suite struct MetadataFuzzTests {
  private static let journal = "/state/metadata.journal"
  private static let snapshot = "/state/metadata.snapshot"
  /// Bytes before the first record of either file.
  private static let magicSize = 8

  /// The payloads of the records behind the magic.
  private static func payloads(_ file: [UInt8]) -> [[UInt8]] {
    var payloads: [[UInt8]] = []
    var offset = magicSize
    while let payload = MetadataRecord.payload(in: file, at: offset) {
      payloads.append(Array(file[payload]))
      offset = payload.upperBound
    }
    return payloads
  }

  /// A record around a payload, with the length and the checksum that belong to it.
  private static func record(_ payload: [UInt8]) -> [UInt8] {
    let crc = payload.withUnsafeBytes { CRC32C.checksum($0) }
    return withUnsafeBytes(of: UInt32(payload.count).littleEndian) { Array($0) }
      + withUnsafeBytes(of: crc.littleEndian) { Array($0) } + payload
  }

  /// Changes the bytes as they are, or what the records say under checksums that fit.
  private static func bent(_ file: [UInt8], _ run: inout FuzzRun) -> [UInt8] {
    if Bool.random(using: &run.random) { return run.mutate(file) }
    var payloads = payloads(file)
    guard let place = payloads.indices.randomElement(using: &run.random) else { return file }
    switch Int.random(in: 0..<4, using: &run.random) {
    case 0: payloads.remove(at: place)
    case 1: payloads.insert(payloads[place], at: place)
    default: payloads[place] = run.mutate(payloads[place])
    }
    return Array(file.prefix(magicSize)) + payloads.flatMap { record($0) }
  }

  private static func nodes(_ store: EmbeddedMetadataStore<VirtualFileSystem>) throws -> [String: MetadataEntry] {
    var nodes: [String: MetadataEntry] = [:]
    var paths = ["/"]
    while let path = paths.popLast() {
      nodes[path] = try store.get(path)
      paths += try store.children(path).map { path == "/" ? "/\($0)" : "\(path)/\($0)" }
    }
    return nodes
  }

  @Test func damagedFilesOpenOrAreRefused() throws {
    var run = FuzzRun("metadata")
    let corpus = FuzzCorpus("metadata")
    let journal = try corpus.bytes("metadata.journal")
    let snapshot = try corpus.bytes("metadata.snapshot")
    try #require(Self.payloads(journal).count > 3 && Self.payloads(snapshot).count == 1)
    var counts = (opened: 0, refused: 0)
    while run.next() {
      let files = VirtualFileSystem()
      try files.createDirectory("/state")
      let bends = Int.random(in: 1...3, using: &run.random)
      for (path, content, bit) in [(Self.journal, journal, 1), (Self.snapshot, snapshot, 2)] {
        files.close(try files.open(path, .replace))
        files.setContent(path, bends & bit != 0 ? Self.bent(content, &run) : content)
      }
      let before = [files.content(Self.journal), files.content(Self.snapshot)]
      do throws(MetadataStoreError) {
        let store = try EmbeddedMetadataStore(directory: "/state", files: files)
        counts.opened += 1
        try check(store, files)
      } catch {
        counts.refused += 1
        #expect(error.description.contains("/state/metadata."), "\(error)")
        #expect([files.content(Self.journal), files.content(Self.snapshot)] == before)
      }
    }
    print("metadata fuzz: \(counts.opened) opened, \(counts.refused) refused")
    #expect(counts.opened > 0 && counts.refused > 0)
  }

  /// What was opened takes changes and is the same when it is opened again.
  private func check(
    _ store: EmbeddedMetadataStore<VirtualFileSystem>, _ files: VirtualFileSystem
  ) throws(MetadataStoreError) {
    try store.ensure("/fuzz")
    do {
      let found = try Self.nodes(store)
      #expect(found["/fuzz"] != nil)
      let again = try EmbeddedMetadataStore(directory: "/state", files: files)
      #expect(again.discardedByteCount == 0)
      #expect(try Self.nodes(again) == found)
    } catch {
      Issue.record("what opened once does not open again: \(error)")
    }
  }
}
