import KafkaProtocol
import NIOCore
import Testing

@Suite struct RequestHeaderTests {
  /// A request with nothing in it, as a client sends it but for the size in front.
  static func frame<Request: RequestMessage>(_ request: Request.Type, version: Int16) throws -> [UInt8] {
    let frame = try Request().frame(version: version, correlationID: 7, clientID: "logger")
    return Array(try #require(frame.contiguous()).readableBytesView.dropFirst(4))
  }

  private func roundTrip<Request: RequestMessage>(_ request: Request.Type, version: Int16) throws {
    var frame = ByteBuffer(bytes: try Self.frame(request, version: version))
    let header = try RequestHeader(readingFrom: &frame)
    #expect(header == RequestHeader(key: Request.key, version: version, correlationID: 7, clientID: "logger"))
    #expect(try Request(decoding: frame, version: version) == Request())
  }

  @Test func everyRequestComesBack() throws {
    for request in ApiKey.requests {
      for version in request.versions { try roundTrip(request, version: version) }
    }
  }

  /// kcat 1.7.1 (librdkafka 2.0.2) opens a connection with these bytes.
  @Test func readsWhatLibrdkafkaSends() throws {
    let sent: [UInt8] =
      [0, 18, 0, 3, 0, 0, 0, 1, 0, 7] + Array("rdkafka".utf8) + [0] + [11] + Array("librdkafka".utf8) + [6]
      + Array("2.0.2".utf8) + [0]
    var frame = ByteBuffer(bytes: sent)
    let header = try RequestHeader(readingFrom: &frame)
    #expect(header == RequestHeader(key: .apiVersions, version: 3, correlationID: 1, clientID: "rdkafka"))
    let request = try ApiVersionsRequest(decoding: frame, version: 3)
    #expect(request.clientSoftwareName == "librdkafka")
    #expect(request.clientSoftwareVersion == "2.0.2")
  }

  @Test func leavesTheBodyOfAnUnknownAPI() throws {
    var frame = ByteBuffer(bytes: [3, 232, 0, 0, 0, 0, 0, 9, 1, 2, 3])
    let header = try RequestHeader(readingFrom: &frame)
    #expect(header == RequestHeader(key: ApiKey(rawValue: 1000), version: 0, correlationID: 9, clientID: nil))
    #expect(frame.readableBytes == 3)
  }

  @Test func newerApiVersionsCanBeAnswered() throws {
    // A version nobody here knows still has a flexible header, so that the answer reaches the right request.
    var frame = ByteBuffer(bytes: [0, 18, 0, 99, 0, 0, 0, 5, 0xFF, 0xFF, 0, 42])
    let header = try RequestHeader(readingFrom: &frame)
    #expect(header == RequestHeader(key: .apiVersions, version: 99, correlationID: 5, clientID: nil))
  }
}
