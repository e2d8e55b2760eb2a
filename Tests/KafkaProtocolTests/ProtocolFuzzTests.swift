import KafkaProtocol
import NIOCore
import TestKit
import Testing

/// Whatever the bytes, decoding ends in a message or in a `ProtocolError`; and what was decoded can be written and read
/// back. The seeds are the vectors, in Tests/Vectors.
@Suite struct ProtocolFuzzTests {
  private func decode<Decoded: Message>(_ type: Decoded.Type, _ bytes: [UInt8], _ version: Int16) -> Bool {
    let message: Decoded
    do throws(ProtocolError) {
      message = try Decoded(decoding: ByteBuffer(bytes: bytes), version: version)
    } catch {
      return false
    }
    do throws(ProtocolError) {
      let again = try Decoded(decoding: try message.encoded(version: version), version: version)
      #expect(again == message, "\(Decoded.self) v\(version) of \(bytes.hex) does not come back")
    } catch {
      Issue.record("\(Decoded.self) v\(version) of \(bytes.hex) cannot be written or read back: \(error)")
    }
    return true
  }

  @Test func noMessageTraps() throws {
    var run = FuzzRun("protocol")
    let vectors = ProtocolVector.all
    try #require(!vectors.isEmpty)
    var decoded = 0
    while run.next() {
      let vector = vectors[Int.random(in: 0..<vectors.count, using: &run.random)]
      let type = try #require(VectorTests.messages[vector.message])
      // Now and then as another version.
      let version =
        Int.random(in: 0..<8, using: &run.random) == 0
        ? Int16.random(in: type.versions, using: &run.random) : vector.version
      if decode(type, run.mutate(vector.bytes), version) { decoded += 1 }
    }
    print("protocol fuzz: \(run.count) inputs, \(decoded) decoded")
  }

  @Test func noHeaderTraps() throws {
    var run = FuzzRun("header")
    let seeds = try ApiKey.requests.flatMap { request in
      try request.versions.map { version in
        try RequestHeaderTests.frame(request, version: version)
      }
    }
    while run.next() {
      var frame = ByteBuffer(bytes: run.mutate(seeds[Int.random(in: 0..<seeds.count, using: &run.random)]))
      let count = frame.readableBytes
      do throws(ProtocolError) {
        _ = try RequestHeader(readingFrom: &frame)
        #expect(frame.readableBytes <= count - 8)
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
  }
}
