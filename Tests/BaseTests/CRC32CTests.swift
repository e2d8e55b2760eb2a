import Base
import CCRC32C
import Testing

@Suite struct CRC32CTests {
  private func checksum(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { CRC32C.checksum($0) } }

  /// RFC 3720, appendix B.4, and the usual check value.
  @Test func matchesTheStandard() {
    #expect(checksum([]) == 0)
    #expect(checksum(Array("123456789".utf8)) == 0xE306_9283)
    #expect(checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(checksum(Array(0..<32)) == 0x46DD_794E)
    #expect(checksum((0..<32).reversed()) == 0x113F_DB5C)
  }

  @Test func theProcessorsInstructionAgreesWithTheTable() {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("CRC-32C: seed \(seed)")
    var random = SeededRandom(seed: seed)
    for _ in 0..<300 {
      let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      let start = Int.random(in: 0...bytes.count, using: &random)
      bytes.withUnsafeBytes { bytes in
        let head = UnsafeRawBufferPointer(rebasing: bytes[..<start])
        let tail = UnsafeRawBufferPointer(rebasing: bytes[start...])
        let whole = splashdam_crc32c_portable(0, bytes.baseAddress, bytes.count)
        #expect(CRC32C.checksum(bytes) == whole)
        #expect(CRC32C.checksum(tail, extending: CRC32C.checksum(head)) == whole)
      }
    }
  }
}
