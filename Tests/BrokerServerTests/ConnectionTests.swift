import Base
import BrokerServer
import Glibc
import KafkaProtocol
import NIOCore
import Testing

@Suite struct ConnectionTests {
  private func monotonic() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  @Test(arguments: ["os", "ack"])
  func pipelinedRequestsAreAnsweredInOrder(flush: String) throws {
    let server = try TestServer(["flush": flush])
    let connection = try server.connect()
    _ = try connection.ask(Requests.createTopic("t"), version: 7)
    let batch = try Requests.batch([Array("line".utf8)])
    for number in Int32(0)..<400 {
      switch number % 5 {
      case 0, 1, 2: try connection.send(Requests.produce("t", batch), version: 9, correlationID: number)
      case 3: try connection.send(MetadataRequest(), version: 12, correlationID: number)
      default:
        try connection.send(Requests.fetch("t", maxWait: 20, maxBytes: 100), version: 12, correlationID: number)
      }
    }
    for number in Int32(0)..<400 { #expect(try connection.receiveCorrelationID() == number) }
    let offsets = try connection.ask(Requests.fetch("t"), version: 12)
    #expect(offsets.responses[0].partitions[0].highWatermark == 240)
  }

  @Test func slowRequestDelaysItsOwnConnectionAlone() throws {
    let server = try TestServer(["num.network.threads": "1"])
    let slow = try server.connect()
    _ = try slow.ask(Requests.createTopic("t"), version: 7)
    let start = monotonic()
    try slow.send(Requests.fetch("t", maxWait: 1000), version: 12, correlationID: 1)
    try slow.send(MetadataRequest(), version: 12, correlationID: 2)
    let quick = try server.connect()
    for _ in 0..<50 { _ = try quick.ask(MetadataRequest(), version: 12) }
    #expect(monotonic() - start < 900)
    #expect(try slow.receiveCorrelationID() == 1)
    #expect(monotonic() - start >= 990)
    #expect(try slow.receiveCorrelationID() == 2)
  }

  @Test func fetchIsWokenByAnotherLoop() throws {
    let server = try TestServer(["num.network.threads": "3"])
    let producer = try server.connect()
    _ = try producer.ask(Requests.createTopic("t"), version: 7)
    let start = monotonic()
    let consumers = try (0..<9).map { _ in try server.connect() }
    for consumer in consumers {
      try consumer.send(Requests.fetch("t", maxWait: 15_000), version: 12, correlationID: 1)
    }
    let batch = try Requests.batch([Array("news".utf8)])
    #expect(
      try producer.ask(Requests.produce("t", batch), version: 9).responses[0].partitionResponses[0].errorCode == .none)
    for consumer in consumers { #expect(try consumer.receiveCorrelationID() == 1) }
    #expect(monotonic() - start < 10_000)
  }

  @Test func largeAnswersArriveWhole() throws {
    let server = try TestServer(["log.segment.bytes": "4000000"])
    let connection = try server.connect()
    _ = try connection.ask(Requests.createTopic("t", ["max.message.bytes": "2000000"]), version: 7)
    var random = SeededRandom(seed: 5)
    var expected: [UInt8] = []
    for _ in 0..<12 {
      let value = (0..<300_000).map { _ in UInt8.random(in: 0...255, using: &random) }
      let batch = try Requests.batch([value])
      let answer = try connection.ask(Requests.produce("t", batch), version: 9)
      #expect(answer.responses[0].partitionResponses[0].errorCode == .none)
      expected += value
    }
    var found: [UInt8] = []
    var offset: Int64 = 0
    while offset < 12 {
      let answer = try connection.ask(Requests.fetch("t", from: offset), version: 12)
      guard case .bytes(let records) = answer.responses[0].partitions[0].records, records.readableBytes > 0 else {
        Issue.record("no records from \(offset)")
        return
      }
      for value in try FetchedValues.values(in: records) {
        found += value
        offset += 1
      }
    }
    #expect(found == expected)
  }

  /// What the page cache has lost comes from the disk, and what it has in part from both.
  @Test func largeAnswersArriveWholeFromDisk() throws {
    let server = try TestServer()
    let connection = try server.connect()
    _ = try connection.ask(Requests.createTopic("t", ["max.message.bytes": "2000000"]), version: 7)
    var random = SeededRandom(seed: 6)
    let value = (0..<1_900_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    _ = try connection.ask(Requests.produce("t", try Requests.batch([value])), version: 9)
    let segment = open("\(server.directory)/t-0/00000000000000000000.log", O_RDWR)
    defer { close(segment) }
    for forgotten in [0..<1_900_000, 0..<100_000, 500_000..<900_000, 1_800_000..<1_900_000] {
      #expect(fdatasync(segment) == 0)
      posix_fadvise(segment, forgotten.lowerBound, forgotten.count, POSIX_FADV_DONTNEED)
      let answer = try connection.ask(Requests.fetch("t"), version: 12)
      guard case .bytes(let records) = answer.responses[0].partitions[0].records else {
        Issue.record("no records")
        return
      }
      #expect(try FetchedValues.values(in: records) == [value])
    }
  }

  private func openLogs(in directory: String) -> Int {
    guard let names = opendir("/proc/self/fd") else { return -1 }
    defer { closedir(names) }
    var count = 0
    while let entry = readdir(names) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      var target = [UInt8](repeating: 0, count: 512)
      let size = readlink("/proc/self/fd/\(name)", &target, target.count)
      if size > 0, String(decoding: target[..<size], as: UTF8.self).hasPrefix("\(directory)/t-0") { count += 1 }
    }
    return count
  }

  /// Files stay open for what is still to be sent of them, though their topic is gone, and no longer.
  @Test func answersOutliveTheirTopic() throws {
    let server = try TestServer()
    let quick = try server.connect()
    _ = try quick.ask(Requests.createTopic("t", ["max.message.bytes": "2000000"]), version: 7)
    let value = [UInt8](repeating: 7, count: 1_900_000)
    _ = try quick.ask(Requests.produce("t", try Requests.batch([value])), version: 9)
    let patient = try RawConnection(port: server.broker.port, receiveBuffer: 16 << 10)
    try patient.send(Requests.fetch("t"), version: 12, correlationID: 1)
    // This one leaves in the middle of what it asked for.
    var hasty: RawConnection? = try RawConnection(port: server.broker.port, receiveBuffer: 16 << 10)
    for number in Int32(0)..<20 { try hasty?.send(Requests.fetch("t"), version: 12, correlationID: number) }
    _ = try hasty?.receiveCorrelationID()
    hasty = nil
    var deletion = DeleteTopicsRequest()
    deletion.topicNames = ["t"]
    #expect(try quick.ask(deletion, version: 5).responses[0].errorCode == .none)
    var frame = try #require(try patient.receive())
    #expect(frame.readInteger(as: Int32.self) == 1)
    let answer = try FetchResponse(decodingAfterCorrelationID: frame, version: 12)
    guard case .bytes(let records) = answer.responses[0].partitions[0].records else {
      Issue.record("no records")
      return
    }
    #expect(try FetchedValues.values(in: records) == [value])
    for _ in 0..<2000 where openLogs(in: server.directory) > 0 { usleep(5000) }
    #expect(openLogs(in: server.directory) == 0)
  }

  /// A client that asks without reading stops being served; others go on, and in the end it gets everything.
  @Test func slowReaderHoldsBackOnlyItself() throws {
    let server = try TestServer(["num.network.threads": "1"])
    let quick = try server.connect()
    _ = try quick.ask(Requests.createTopic("t", ["max.message.bytes": "2000000"]), version: 7)
    let batch = try Requests.batch([[UInt8](repeating: 7, count: 900_000)])
    _ = try quick.ask(Requests.produce("t", batch), version: 9)
    let slow = try RawConnection(port: server.broker.port, receiveBuffer: 16 << 10)
    for number in Int32(0)..<100 { try slow.send(Requests.fetch("t"), version: 12, correlationID: number) }
    for _ in 0..<50 { _ = try quick.ask(MetadataRequest(), version: 12) }
    for number in Int32(0)..<100 { #expect(try slow.receiveCorrelationID() == number) }
  }

  @Test func acksZeroIsFollowedByTheNextAnswer() throws {
    let server = try TestServer()
    let connection = try server.connect()
    _ = try connection.ask(Requests.createTopic("t"), version: 7)
    let batch = try Requests.batch([[1]])
    for _ in 0..<10 { try connection.send(Requests.produce("t", batch, acks: 0), version: 9, correlationID: 5) }
    try connection.send(Requests.produce("t", batch), version: 9, correlationID: 6)
    #expect(try connection.receiveCorrelationID() == 6)
    try connection.send(Requests.produce("missing", batch, acks: 0), version: 9, correlationID: 7)
    #expect(try connection.isClosedByPeer())
  }

  @Test func idleConnectionsAreClosed() throws {
    let server = try TestServer(["connections.max.idle.ms": "1000"])
    let connection = try server.connect()
    _ = try connection.ask(MetadataRequest(), version: 12)
    #expect(try connection.isClosedByPeer())
  }

  @Test func connectionsHaveABound() throws {
    let server = try TestServer(["max.connections": "2"])
    let first = try server.connect()
    _ = try first.ask(MetadataRequest(), version: 12)
    do {
      let second = try server.connect()
      _ = try second.ask(MetadataRequest(), version: 12)
      let third = try server.connect()
      #expect(try third.isClosedByPeer())
      #expect(server.waitForLog("max.connections"))
    }
    // There is room again once one has gone.
    for attempt in 0..<1000 {
      let next = try server.connect()
      do {
        _ = try next.ask(MetadataRequest(), version: 12)
        return
      } catch {
        if attempt == 999 { throw error }
        usleep(5000)
      }
    }
  }
}
