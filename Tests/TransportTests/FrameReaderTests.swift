import Base
import NIOCore
import Testing
import Transport

@Suite struct FrameReaderTests {
  private func stream(_ frames: [[UInt8]]) -> ByteBuffer {
    var stream = ByteBuffer()
    for frame in frames {
      stream.writeInteger(UInt32(frame.count))
      stream.writeBytes(frame)
    }
    return stream
  }

  private func drain(_ reader: inout FrameReader) throws(FrameError) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    while let frame = try reader.next() { frames.append(Array(buffer: frame)) }
    return frames
  }

  /// A stream whose frames never end where its pieces do costs as much memory after a gigabyte as after a megabyte.
  @Test func keepsNothingOfWhatItHandedOut() throws {
    let frames = stream([[UInt8]](repeating: [UInt8](repeating: 7, count: 100_000), count: 7))
    var reader = FrameReader(sizeLimit: 100_000)
    var bytes = ByteBuffer()
    var count = 0
    for _ in 0..<300 {
      var more = frames
      bytes.writeBuffer(&more)
      while let piece = bytes.readSlice(length: 65_536) {
        reader.append(piece)
        while let frame = try reader.next() {
          #expect(frame.readableBytes == 100_000)
          count += 1
        }
        #expect(reader.capacity <= 1 << 20)
      }
      bytes.discardReadBytes()
    }
    #expect(count >= 2099)
  }

  @Test func findsFramesHoweverTheBytesAreCut() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("frame reader: seed \(seed)")
    var random = SeededRandom(seed: seed)
    for _ in 0..<300 {
      let frames = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      }
      var bytes = stream(frames)
      var reader = FrameReader(sizeLimit: 300)
      var found: [[UInt8]] = []
      while bytes.readableBytes > 0 {
        let count = Int.random(in: 1...min(bytes.readableBytes, 200), using: &random)
        reader.append(bytes.readSlice(length: count)!)
        let isWhole = try Self.peek(reader) != nil
        #expect(reader.hasNext == isWhole)
        found += try drain(&reader)
      }
      #expect(found == frames)
      #expect(reader.bufferedByteCount == 0)
    }
  }

  private static func peek(_ reader: FrameReader) throws(FrameError) -> ByteBuffer? {
    var copy = reader
    return try copy.next()
  }

  @Test func wholeFrameIsNotCopied() throws {
    let bytes = stream([[1, 2, 3]])
    var reader = FrameReader(sizeLimit: 10)
    reader.append(bytes)
    let frame = try #require(try reader.next())
    let start = bytes.withUnsafeReadableBytes { $0.baseAddress! + 4 }
    #expect(frame.withUnsafeReadableBytes { $0.baseAddress! } == start)
  }

  @Test(arguments: [
    ([0x7F, 0xFF, 0xFF, 0xFF], FrameError.tooLarge(size: Int(Int32.max), limit: 100)),
    ([0, 0, 0, 101], .tooLarge(size: 101, limit: 100)),
    ([0x80, 0, 0, 0], .negativeSize(.min)),
    ([0xFF, 0xFF, 0xFF, 0xFF], .negativeSize(-1)),
    (Array("GET / HTTP/1.1\r\n".utf8), .foreign(.http)),
    (Array("POST /topics HTTP/1.1\r\n".utf8), .foreign(.http)),
    ([0x16, 0x03, 0x01, 0x02, 0x00, 0x01], .foreign(.tls)),
    (Array("SSH-2.0-OpenSSH_9.2\r\n".utf8), .foreign(.ssh)),
  ])
  func refuses(_ bytes: [UInt8], _ expected: FrameError) {
    var reader = FrameReader(sizeLimit: 100)
    reader.append(ByteBuffer(bytes: bytes))
    #expect(reader.hasNext)
    #expect(throws: expected) { try reader.next() }
  }

  @Test func promisedBytesCostNothing() throws {
    var reader = FrameReader(sizeLimit: 100 << 20)
    reader.append(ByteBuffer(bytes: [0x05, 0xFF, 0xFF, 0xFF, 0]))
    #expect(try reader.next() == nil)
    reader.append(ByteBuffer(bytes: [0]))
    #expect(try reader.next() == nil)
    #expect(reader.bufferedByteCount == 6)
  }

  @Test func emptyFrameIsAFrame() throws {
    var reader = FrameReader(sizeLimit: 100)
    reader.append(ByteBuffer(bytes: [0, 0, 0, 0]))
    #expect(try reader.next()?.readableBytes == 0)
    #expect(try reader.next() == nil)
  }
}
