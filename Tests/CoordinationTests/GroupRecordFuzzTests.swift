import Base
import Coordination
import TestKit
import Testing

/// Whatever lies in `__consumer_offsets`: a record is read or refused, and a coordinator that has it goes on.
@Suite struct GroupRecordFuzzTests {
  /// A seed is the length of the key in two bytes, the key, and the value where there is one.
  private func record(_ bytes: [UInt8]) throws(GroupRecordError) -> GroupRecord {
    guard bytes.count >= 2 else { return try GroupRecord(key: [], value: nil) }
    let rest = bytes.dropFirst(2)
    let key = rest.prefix(Int(bytes[0]) << 8 | Int(bytes[1]))
    let value = rest.dropFirst(key.count)
    return try GroupRecord(key: Array(key), value: value.isEmpty ? nil : Array(value))
  }

  @Test func noBytesTrap() throws {
    var run = FuzzRun("group-records")
    let seeds = try FuzzCorpus("group-records").all()
    try #require(!seeds.isEmpty)
    for seed in seeds { #expect(throws: Never.self) { try record(seed) } }
    var counts = (read: 0, refused: 0)
    var it = GroupHarness()
    while run.next() {
      let seed = seeds[Int.random(in: 0..<seeds.count, using: &run.random)]
      do throws(GroupRecordError) {
        let record = try record(run.mutate(seed))
        counts.read += 1
        it.log.append(record)
        #expect(try GroupRecord(key: record.encodedKey(), value: record.encodedValue()) == record)
      } catch {
        counts.refused += 1
      }
      if it.log.count == 20 {
        it.restart()
        it.wait(milliseconds: 600_000)
        it.compactLog()
        it.restart()
        it.wait(milliseconds: .random(in: 0..<700_000_000, using: &run.random))
        // Its clock would run over in the end.
        it = GroupHarness()
      }
    }
    print("group records fuzz: \(counts.read) read, \(counts.refused) refused")
  }
}
