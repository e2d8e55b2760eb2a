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

  private func entry(_ inode: UInt64, _ offset: Int64) -> StoredFilePosition {
    StoredFilePosition(
      path: "/var/log/a b.log", key: FileKey(device: 7, inode: inode),
      fingerprint: FileFingerprint(length: 3, checksum: 9),
      position: FilePosition(offset: offset))
  }

  @Test func takeInWhatMovedLater() {
    var recent = RecentPositions(base: 77)
    recent.append(entry(1, 100), of: "a source")
    recent.append(entry(2, 5), of: "a source")
    recent.append(entry(1, 200), of: "a source")
    recent.append(cursor: "s=9 c;i=1", of: "journal")
    recent.append(cursor: nil, of: "other")
    var stored = StoredPositions(files: ["a source": [entry(1, 50), entry(3, 1)]], cursors: ["journal": "s=1"])
    #expect(stored.apply(recent: recent.content, base: 77) == 5)
    #expect(
      stored
        == StoredPositions(
          files: ["a source": [entry(1, 200), entry(3, 1), entry(2, 5)]],
          cursors: ["journal": "s=9 c;i=1", "other": nil]))
  }

  @Test func takeInNothingOfAnEarlierStore() {
    var recent = RecentPositions(base: 77)
    recent.append(entry(1, 100), of: "a")
    var stored = StoredPositions(files: ["a": [entry(1, 500)]])
    #expect(stored.apply(recent: recent.content, base: 78) == 0)
    #expect(stored.files["a"] == [entry(1, 500)])
  }

  @Test func endAtWhatAKillCutShort() {
    var first = RecentPositions(base: 77)
    first.append(entry(1, 100), of: "a")
    var both = first
    both.append(entry(1, 200), of: "a")
    for length in both.content.indices {
      var stored = StoredPositions()
      let count = stored.apply(recent: Array(both.content[..<length]), base: 77)
      #expect(count == (length >= first.content.count ? 1 : 0))
      #expect(stored.files["a"] == (count == 1 ? [entry(1, 100)] : nil))
    }
    for index in both.content.indices {
      for mask: UInt8 in [1, 0x20, 0x80] {
        var damaged = both.content
        damaged[index] ^= mask
        var stored = StoredPositions()
        let count = stored.apply(recent: damaged, base: 77)
        #expect(count == (index >= first.content.count ? 1 : 0))
      }
    }
  }
}
