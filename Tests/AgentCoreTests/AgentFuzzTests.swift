import AgentCore
import Base
import TestKit
import Testing

/// Whatever lies in the state directory, and whatever patterns and templates a person writes: they are read or refused,
/// and a source that begins with them goes on.
@Suite struct AgentFuzzTests {
  /// A right checksum, so that what comes before it is looked at.
  private func sealed(_ bytes: [UInt8]) -> [UInt8] {
    let body = bytes.last == 0x0A ? bytes : bytes + [0x0A]
    let checksum = body.withUnsafeBytes { CRC32C.checksum($0) }
    return body + Array("end \(String(checksum, radix: 16))\n".utf8)
  }

  @Test func noPositionsTrap() throws {
    var run = FuzzRun("positions")
    let seeds = try FuzzCorpus("positions").all()
    try #require(!seeds.isEmpty)
    for seed in seeds { #expect(throws: Never.self) { try StoredPositions(decoding: seed) } }
    let bodies = seeds.map { seed in Array(seed[..<(seed.dropLast().lastIndex(of: 0x0A) ?? 0)]) }
    let settings = try Tail.settings(["/log/*.log"])
    var counts = (read: 0, refused: 0)
    while run.next() {
      let body = run.mutate(bodies[Int.random(in: 0..<bodies.count, using: &run.random)])
      do throws(StoredPositionsError) {
        let positions = try StoredPositions(decoding: sealed(body))
        counts.read += 1
        #expect(try StoredPositions(decoding: positions.encoded()) == positions)
        let files = MemoryFiles()
        files.append("/log/a.log", "one\ntwo\nthree")
        files.append("/log/b c.log", "1")
        var tail = Tail(files, settings, stored: positions.files["logs"])
        tail.run()
        files.append("/log/b c.log", "2\n")
        tail.wait(6000)
        tail.run()
        tail.acknowledgeAll()
        _ = tail.source.storedPositions
      } catch {
        counts.refused += 1
      }
    }
    print("positions fuzz: \(counts.read) read, \(counts.refused) refused")
    #expect(counts.read > 0 && counts.refused > 0)
  }

  @Test func noPatternTraps() throws {
    var run = FuzzRun("patterns")
    let seeds = ["/var/log/*.log", "/v/**/[a-z]?[!0-9].log", "/a\\*/**/b", "{host}:{path}{{x}}"].map { Array($0.utf8) }
    var counts = (read: 0, refused: 0)
    while run.next() {
      let bytes = run.mutate(seeds[Int.random(in: 0..<seeds.count, using: &run.random)], limit: 200)
      let text = String(decoding: bytes, as: UTF8.self)
      do throws(GlobError) {
        let pattern = try GlobPattern(text)
        for path in ["/var/log/a.log", "/v/x/y/z/abc.log", "/a*/.b/b", text] { _ = pattern.matches(path) }
        counts.read += 1
      } catch {
        counts.refused += 1
      }
      do throws(TemplateError) {
        _ = TopicName.sanitized(try Template(text, placeholders: ["host", "path"]).render(["h", "/p"]))
        counts.read += 1
      } catch {
        counts.refused += 1
      }
    }
    print("patterns fuzz: \(counts.read) read, \(counts.refused) refused")
    #expect(counts.read > 0 && counts.refused > 0)
  }
}
