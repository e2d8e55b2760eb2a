import Base
import Records
import Testing

@Suite struct CompressionTests {
  private func compress(_ bytes: [UInt8], _ codec: Compression, level: Int32? = nil) throws -> [UInt8] {
    let compressor = Compressor(level: level)
    return try bytes.withUnsafeBytes { bytes throws in Array(try compressor.compress(bytes, with: codec)) }
  }

  private func decompress(
    _ bytes: [UInt8], _ codec: Compression, _ decompressor: Decompressor = Decompressor()
  ) throws -> [UInt8] {
    try bytes.withUnsafeBytes { bytes throws in Array(try decompressor.decompress(bytes, with: codec)) }
  }

  private static let text = Array(String(repeating: "one line of a log, and another; ", count: 10_000).utf8)

  @Test(arguments: Compression.allCases)
  func anySizeComesBack(_ codec: Compression) throws {
    let decompressor = Decompressor()
    for size in [0, 1, 100, 32 << 10, (32 << 10) + 1, 64 << 10, 131_072, 320_000] {
      let bytes = Array(Self.text[..<size])
      #expect(try decompress(compress(bytes, codec), codec, decompressor) == bytes)
    }
  }

  @Test(arguments: [Compression.gzip, .lz4, .zstd])
  func levelsWork(_ codec: Compression) throws {
    for level: Int32 in [-200, -1, 1, 6, 12, 100] {
      #expect(try decompress(compress(Self.text, codec, level: level), codec) == Self.text)
    }
    #expect(try compress(Self.text, codec, level: 9).count <= compress(Self.text, codec, level: 1).count)
  }

  /// Everything cut short, and cut short again by the same decompressor, must be noticed.
  @Test(arguments: [Compression.gzip, .snappy, .lz4, .zstd])
  func noPrefixIsTaken(_ codec: Compression) throws {
    let whole = try compress(Array(Self.text[..<50_000]), codec)
    let decompressor = Decompressor()
    // Xerial's framing may end after any block, and after its header.
    let blockEnds = codec == .snappy ? Set([16, 16 + 4 + Int(whole[18]) << 8 + Int(whole[19])]) : []
    for count in 0..<whole.count where !blockEnds.contains(count) {
      #expect(throws: CompressionError.self, "\(count) of \(whole.count) bytes") {
        try decompress(Array(whole[..<count]), codec, decompressor)
      }
    }
    #expect(try decompress(whole, codec, decompressor).count == 50_000)
  }

  @Test func streamsOneAfterAnother() throws {
    for codec in [Compression.gzip, .zstd] {
      let two = try compress([1, 2, 3], codec) + compress([4, 5], codec)
      #expect(try decompress(two, codec) == [1, 2, 3, 4, 5])
    }
    // Kafka's readers stop after the first lz4 frame; whoever validates must not let the second through unseen.
    let two = try compress([1, 2, 3], .lz4) + compress([4, 5], .lz4)
    #expect(throws: CompressionError.self) { try decompress(two, .lz4) }
  }

  @Test(arguments: Compression.allCases)
  func theLimitHoldsToTheByte(_ codec: Compression) throws {
    let compressed = try compress(Self.text, codec)
    #expect(try decompress(compressed, codec, Decompressor(limit: Self.text.count)) == Self.text)
    let limit = Self.text.count - 1
    #expect(throws: CompressionError(codec, .tooLarge(limit: limit))) {
      try decompress(compressed, codec, Decompressor(limit: limit))
    }
  }

  @Test func snappyBlocksThatClaimTheImpossibleAreRefused() throws {
    // Two bytes that claim four gigabytes.
    let bare: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x00]
    #expect(throws: CompressionError(.snappy, .corrupt("a block states an impossible size"))) {
      try decompress(bare, .snappy)
    }
    let header: [UInt8] = [0x82, 0x53, 0x4E, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]
    #expect(throws: CompressionError(.snappy, .truncated)) {
      try decompress(header + [0xFF, 0xFF, 0xFF, 0xFF, 0], .snappy)
    }
    #expect(try decompress(header, .snappy) == [])
  }

  /// kafka-python's frames state their content size, which lz4's own reset does not forget.
  @Test func aFrameThatWasGivenUpDoesNotSpoilTheNext() throws {
    let theirs = Array(try batchCorpus.bytes("kafka-python-lz4.batch")[61...])
    let decompressor = Decompressor()
    #expect(throws: CompressionError(.lz4, .truncated)) {
      try decompress(Array(theirs.dropLast(20)), .lz4, decompressor)
    }
    #expect(try decompress(compress([1, 2, 3], .lz4), .lz4, decompressor) == [1, 2, 3])
  }
}
