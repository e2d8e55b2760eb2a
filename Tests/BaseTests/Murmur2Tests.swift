import Base
import Testing

@Suite struct Murmur2Tests {
  /// The first six are those that Kafka's own tests of its Java client hold; the others are kafka-python's.
  @Test(arguments: [
    ("21", Int32(-973_932_308)),
    ("foobar", -790_332_482),
    ("a-little-bit-long-string", -985_981_536),
    ("a-little-bit-longer-string", -1_486_304_829),
    ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
    ("abc", 479_470_107),
    ("", 275_646_681),
    ("a", -1_563_381_124),
    ("ab", 316_155_434),
  ])
  func hashesAsTheJavaClientDoes(_ key: String, _ expected: Int32) {
    #expect(Array(key.utf8).withUnsafeBytes { Int32(bitPattern: Murmur2.hash($0)) } == expected)
  }

  @Test func takesThePartitionOfAKeyFromItsHash() {
    let partitions = ["21", "foobar", "abc", ""].map { key in
      Array(key.utf8).withUnsafeBytes { Murmur2.partition(ofKey: $0, partitionCount: 6) }
    }
    #expect(partitions == [0, 0, 3, 3])
  }
}
