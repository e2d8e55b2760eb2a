import Configuration
import TestKit
import Testing

/// Whatever the bytes, reading ends in values or in a `ConfigurationError` that names a place.
@Suite struct ConfigurationFuzzTests {
  private enum Kind: String, CaseIterable { case file, stdout }

  private func read(_ bytes: [UInt8]) throws(ConfigurationError) {
    let environment = ConfigurationEnvironment([:])
    let document = try ConfigurationDocument(parsing: bytes, name: "fuzz.yaml", environment: environment)
    let keys = ["brokers", "group", "topics", "state_dir", "output", "sources", "linger", "buffer", "labels"]
    let root = try document.root(keys: keys)
    _ = try root.strings("brokers", default: [])
    _ = try root.strings("topics", default: [])
    _ = try root.duration("linger", in: 0...Int.max, default: 0)
    _ = try root.bytes("buffer", in: Int.min...Int.max, default: 0)
    _ = try root.dictionary("labels")
    _ = try root.objectIfPresent("output", keys: ["type", "path", "format"])?.choice("type", Kind.self)
    for source in try root.objects("sources", keys: ["type", "topic", "include"]) {
      _ = try source.integer("topic", in: -5...5, default: 0)
      _ = try source.boolean("include", default: true)
    }
  }

  /// What any format suffers from, and what YAML gives a meaning to.
  private func mutate(_ seed: [UInt8], _ run: inout FuzzRun) -> [UInt8] {
    var bytes = Bool.random(using: &run.random) ? run.mutate(seed) : seed
    let interesting = Array("[]{}:-#&*!|>'\"%@`,? \n\t\\~\0\u{FF}".utf8)
    for _ in 0..<Int.random(in: 0...6, using: &run.random) {
      let place = Int.random(in: 0...bytes.count, using: &run.random)
      bytes.insert(interesting[Int.random(in: 0..<interesting.count, using: &run.random)], at: place)
    }
    return bytes
  }

  @Test func noBytesTrap() throws {
    var run = FuzzRun("configuration")
    let seeds = try FuzzCorpus("configuration").all()
    try #require(!seeds.isEmpty)
    var counts = (read: 0, refused: 0)
    while run.next() {
      do throws(ConfigurationError) {
        try read(mutate(seeds[Int.random(in: 0..<seeds.count, using: &run.random)], &run))
        counts.read += 1
      } catch {
        guard case .file("fuzz.yaml", let line, let column) = error.origin else {
          Issue.record("an error without a place: \(error)")
          return
        }
        #expect(line >= 1 && column >= 1)
        counts.refused += 1
      }
    }
    print("configuration fuzz: \(counts.read) read, \(counts.refused) refused")
  }
}
