import AgentCore
import Base
import Testing

@Suite struct StoredPositionsTests {
  private let positions = StoredPositions(
    files: [
      "nginx": [
        StoredFilePosition(
          path: "/var/log/a b%\n.log", key: FileKey(device: .max, inode: 1),
          fingerprint: FileFingerprint(length: 12, checksum: 0xDEAD_BEEF),
          position: FilePosition(offset: .max - 5, unterminated: 5, isInsideLine: true))
      ], "empty": [],
    ], cursors: ["journal": "s=1;i=2;b=3", "new journal": nil])

  @Test func comeBack() throws {
    #expect(try StoredPositions(decoding: positions.encoded()) == positions)
    #expect(try StoredPositions(decoding: StoredPositions().encoded()) == StoredPositions())
  }

  @Test func noticeDamage() {
    let content = positions.encoded()
    for index in content.indices {
      for mask: UInt8 in [1, 0x20, 0x80] {
        var damaged = content
        damaged[index] ^= mask
        #expect(throws: StoredPositionsError.self) { try StoredPositions(decoding: damaged) }
      }
      #expect(throws: StoredPositionsError.self) { try StoredPositions(decoding: Array(content[..<index])) }
    }
  }

  @Test func refuseNonsenseWithARightChecksum() {
    for line in ["file 1", "file 1 2 3 4 5 6 7 x", "source", "cursor x y", "zzz", "file 1 2 9999 0 0 0 0 x"] {
      var content = Array("splashdam-agent positions 1\nsource a\n\(line)\n".utf8)
      let checksum = content.withUnsafeBytes { CRC32C.checksum($0) }
      content += Array("end \(String(checksum, radix: 16))\n".utf8)
      #expect(throws: StoredPositionsError.badLine(3)) { try StoredPositions(decoding: content) }
    }
  }
}
