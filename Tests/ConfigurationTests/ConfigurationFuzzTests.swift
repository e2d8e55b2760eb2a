import Base
import Configuration
import Glibc
import Testing

/// Whatever the bytes, reading ends in values or in a `ConfigurationError` that names a place. `SPLASHDAM_FUZZ_SECONDS`
/// says for how long to try, `SPLASHDAM_FUZZ_SEED` with which seed.
@Suite struct ConfigurationFuzzTests {
  private enum Kind: String, CaseIterable { case file, stdout }

  private static func corpus() throws -> [[UInt8]] {
    let directory = #filePath.parentDirectory.parentDirectory + "/Fuzz/Corpus/configuration"
    let handle = try #require(opendir(directory))
    defer { closedir(handle) }
    var seeds: [[UInt8]] = []
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      guard name.hasSuffix(".yaml"), let file = fopen("\(directory)/\(name)", "r") else { continue }
      defer { fclose(file) }
      var bytes = [UInt8](repeating: 0, count: 1 << 20)
      let count = fread(&bytes, 1, bytes.count, file)
      seeds.append(Array(bytes[..<count]))
    }
    return seeds
  }

  private static func number(_ variable: String) -> UInt64? {
    getenv(variable).flatMap { UInt64(String(cString: $0)) }
  }

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

  private func mutate(_ seeds: [[UInt8]], _ random: inout SeededRandom) -> [UInt8] {
    var bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
    let interesting = Array("[]{}:-#&*!|>'\"%@`,? \n\t\\~\0\u{FF}".utf8)
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      let place = Int.random(in: 0...bytes.count, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes.insert(interesting[Int.random(in: 0..<interesting.count, using: &random)], at: place)
      case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
      case 2 where place < bytes.count: bytes.remove(at: place)
      case 3 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 4:
        let end = Int.random(in: place...bytes.count, using: &random)
        bytes.insert(contentsOf: bytes[place..<min(end, place + 200)], at: place)
      default: bytes.removeLast(Int.random(in: 0...min(bytes.count, 20), using: &random))
      }
    }
    return bytes
  }

  @Test func noBytesTrap() throws {
    let seconds = Self.number("SPLASHDAM_FUZZ_SECONDS") ?? 2
    let seed = Self.number("SPLASHDAM_FUZZ_SEED") ?? UInt64.random(in: 0...UInt64.max)
    print("configuration fuzz: seed \(seed), \(seconds) s")
    var random = SeededRandom(seed: seed)
    let seeds = try Self.corpus()
    try #require(!seeds.isEmpty)
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    var counts = (read: 0, refused: 0)
    while clock.now < end {
      do throws(ConfigurationError) {
        try read(mutate(seeds, &random))
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
