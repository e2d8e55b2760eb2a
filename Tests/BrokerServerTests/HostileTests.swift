import Base
import BrokerServer
import KafkaProtocol
import NIOCore
import TestKit
import Testing

@Suite struct HostileTests {
  private static let hostile: [(String, [UInt8], String)] = [
    ("an HTTP request", Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8), "HTTP"),
    ("a TLS handshake", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC], "TLS"),
    ("a frame of 2 GB", [0x7F, 0xFF, 0xFF, 0xFF, 0, 3, 0, 1], "socket.request.max.bytes"),
    ("a negative size", [0xFF, 0xFF, 0xFF, 0xFE], "the size of a frame"),
    ("a frame too short for a header", [0, 0, 0, 2, 0, 3], "malformed request header"),
    ("an unknown API", [0, 0, 0, 10, 3, 0xE7, 0, 0, 0, 0, 0, 1, 0xFF, 0xFF], "999"),
    ("an unknown version", [0, 0, 0, 11, 0, 3, 0, 99, 0, 0, 0, 1, 0xFF, 0xFF, 0], "Metadata version 99"),
    (
      "two billion array elements",
      [0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 1, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF], "malformed Metadata"
    ),
  ]

  @Test(arguments: hostile.indices)
  func endsItsOwnConnectionWithALine(index: Int) throws {
    let (_, bytes, reason) = Self.hostile[index]
    let server = try TestServer()
    let bystander = try server.connect()
    _ = try bystander.ask(MetadataRequest(), version: 12)
    let connection = try server.connect()
    try connection.send(bytes)
    if bytes.count < 18 { try connection.send([UInt8](repeating: 0, count: 18)) }
    #expect(try connection.isClosedByPeer())
    #expect(server.waitForLog(reason), "the log has no \"\(reason)\": \(server.log)")
    #expect(server.log.contains("peer=127.0.0.1:"))
    _ = try bystander.ask(MetadataRequest(), version: 12)
  }

  @Test func answersThatAreDueComeBeforeTheEnd() throws {
    let server = try TestServer()
    let connection = try server.connect()
    _ = try connection.ask(Requests.createTopic("t"), version: 7)
    try connection.send(Requests.fetch("t", maxWait: 200), version: 12, correlationID: 1)
    try connection.send(MetadataRequest(), version: 12, correlationID: 2)
    try connection.send([0xFF, 0xFF, 0xFF, 0xFF])
    #expect(try connection.receiveCorrelationID() == 1)
    #expect(try connection.receiveCorrelationID() == 2)
    #expect(try connection.receive() == nil)
  }

  @Test func bytesOfUnfinishedRequestsHaveABound() throws {
    let server = try TestServer(["queued.max.request.bytes": "2000000"])
    let greedy = try server.connect()
    do {
      try greedy.send([0x03, 0, 0, 0] + [UInt8](repeating: 0, count: 4_000_000))
    } catch {
      // Closed before all was sent.
    }
    #expect(try greedy.isClosedByPeer())
    #expect(server.waitForLog("queued.max.request.bytes"))
    // What it held is there for others again: this one gets as far as being a request.
    let modest = try server.connect()
    try modest.send([0, 0x18, 0x6A, 0] + [UInt8](repeating: 0, count: 0x186A00))
    #expect(try modest.isClosedByPeer())
    #expect(server.waitForLog("Produce version 0 is not supported"))
  }

  @Test func frameInSmallPiecesIsAFrame() throws {
    let server = try TestServer()
    let connection = try server.connect()
    let frame = try MetadataRequest().frame(version: 12, correlationID: 3, clientID: "slow")
    for byte in Array(buffer: frame.bytes) { try connection.send([byte]) }
    #expect(try connection.receiveCorrelationID() == 3)
  }

  /// Bytes of any kind, many at once and cut anywhere, end connections at most.
  @Test func garbageStopsNobody() throws {
    let server = try TestServer()
    let bystander = try server.connect()
    _ = try bystander.ask(Requests.createTopic("t"), version: 7)
    var run = FuzzRun("connection")
    var seeds: [[UInt8]] = []
    for number in Int32(0)..<4 {
      let frames: [EncodedFrame] = [
        try MetadataRequest().frame(version: 12, correlationID: number, clientID: "x"),
        try Requests.produce("t", try Requests.batch([[1, 2, 3]])).frame(
          version: 9, correlationID: number, clientID: "x"),
        try Requests.fetch("t", maxWait: 1).frame(version: 12, correlationID: number, clientID: "x"),
      ]
      seeds.append(frames.flatMap { Array(buffer: $0.contiguous() ?? $0.bytes) })
    }
    while run.next() {
      let connection = try server.connect()
      let seed = seeds[Int.random(in: 0..<seeds.count, using: &run.random)]
      do {
        try connection.send(run.mutate(seed))
      } catch {
        // Closed before all was sent.
      }
    }
    _ = try bystander.ask(MetadataRequest(), version: 12)
  }
}
