import Base
import BrokerServer
import Glibc
import KafkaProtocol
import NIOCore
import Testing

/// What one client, or many, may take from the others: places, memory, time.
@Suite struct ConnectionLimitTests {
  private func wait(_ condition: () -> Bool) -> Bool {
    for _ in 0..<2000 {
      if condition() { return true }
      usleep(5000)
    }
    return false
  }

  @Test func connectionsOfAnAddressHaveABound() throws {
    let server = try TestServer(["max.connections.per.ip": "2"])
    let first = try server.connect()
    _ = try first.ask(MetadataRequest(), version: 12)
    do {
      let second = try server.connect()
      _ = try second.ask(MetadataRequest(), version: 12)
      let third = try server.connect()
      #expect(try third.isClosedByPeer())
      #expect(server.waitForLog("max.connections.per.ip"))
      // Another address has places of its own.
      let elsewhere = try RawConnection(port: server.broker.port, from: 0x7F00_0002)
      _ = try elsewhere.ask(MetadataRequest(), version: 12)
    }
    let counters = server.broker.connectionCounters
    #expect(counters.accepted == 3 && counters.refusedByAddressLimit == 1 && counters.refusedByLimit == 0)
    #expect(wait { server.broker.connectionCounters.open == 1 })
    let next = try server.connect()
    _ = try next.ask(MetadataRequest(), version: 12)
    #expect(server.stop())
    #expect(server.log.contains("over_max.connections.per.ip=1"))
  }

  @Test func closedConnectionsAreCountedByTheirReasons() throws {
    let server = try TestServer(["connections.max.idle.ms": "1000"])
    let idle = try server.connect()
    _ = try idle.ask(MetadataRequest(), version: 12)
    let foreign = try server.connect()
    try foreign.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
    #expect(try foreign.isClosedByPeer())
    #expect(try idle.isClosedByPeer())
    #expect(server.waitForLog("connections.max.idle.ms"))
    let counters = server.broker.connectionCounters
    #expect(counters.closedMalformed == 1 && counters.closedIdle == 1)
  }

  /// One that trickles a large request has to go when others need the room; the one that has just begun is served.
  @Test func slowestRequestGoesFirst() throws {
    let server = try TestServer(["queued.max.request.bytes": "2000000", "num.network.threads": "1"])
    let admin = try server.connect()
    _ = try admin.ask(Requests.createTopic("t", ["max.message.bytes": "4000000"]), version: 7)
    let slow = try server.connect()
    try slow.send([0x03, 0, 0, 0] + [UInt8](repeating: 0, count: 1_500_000))
    #expect(wait { server.broker.connectionCounters.requestBytes > 1_000_000 })
    let quick = try server.connect()
    let batch = try Requests.batch([[UInt8](repeating: 7, count: 1_500_000)])
    let answer = try quick.ask(Requests.produce("t", batch), version: 9)
    #expect(answer.responses[0].partitionResponses[0].errorCode == .none)
    #expect(try slow.isClosedByPeer())
    #expect(wait { server.broker.connectionCounters.closedSlowRequest == 1 })
    #expect(wait { server.broker.connectionCounters.requestBytes == 0 })
  }

  /// Answers that nobody takes have a bound in all; whoever reads gets all of them.
  @Test func readersThatDoNotReadHaveABound() throws {
    let server = try TestServer(["queued.max.response.bytes": "8000000", "num.network.threads": "1"])
    let reader = try server.connect()
    _ = try reader.ask(Requests.createTopic("t", partitions: 3000), version: 7)
    var everything = MetadataRequest()
    everything.topics = nil
    #expect(try reader.ask(everything, version: 12).topics.first?.partitions.count == 3000)
    var idle: [RawConnection] = []
    for _ in 0..<60 {
      let connection = try RawConnection(port: server.broker.port, receiveBuffer: 8 << 10)
      for number in Int32(0)..<200 {
        do {
          try connection.send(everything, version: 12, correlationID: number)
        } catch {
          break
        }
      }
      idle.append(connection)
      #expect(try reader.ask(everything, version: 12).topics.count == 1)
      if server.broker.connectionCounters.closedSlowAnswer > 0 { break }
    }
    #expect(wait { server.broker.connectionCounters.closedSlowAnswer > 0 })
    #expect(server.waitForLog("queued.max.response.bytes"))
    #expect(server.broker.connectionCounters.answerBytes < 30_000_000)
    for number in Int32(0)..<100 { try reader.send(everything, version: 12, correlationID: number) }
    for number in Int32(0)..<100 { #expect(try reader.receiveCorrelationID() == number) }
    withExtendedLifetime(idle) {}
    idle = []
    #expect(wait { server.broker.connectionCounters.answerBytes == 0 })
  }

  /// A flood of costly requests on one connection lets others come between.
  @Test func floodLeavesTurnsToOthers() throws {
    let server = try TestServer(["num.network.threads": "1"])
    let honest = try server.connect()
    _ = try honest.ask(Requests.createTopic("t", partitions: 2000), version: 7)
    let flood = try server.connect()
    var request = DescribeConfigsRequest()
    for name in ["1", "t"] {
      var resource = DescribeConfigsRequest.DescribeConfigsResource()
      resource.resourceType = name == "t" ? 2 : 4
      resource.resourceName = name
      resource.configurationKeys = ["none.of.them"]
      request.resources.append(resource)
    }
    let count: Int32 = 2000
    for number in 0..<count { try flood.send(request, version: 4, correlationID: number) }
    var between = 0
    for number in 0..<count {
      #expect(try flood.receiveCorrelationID() == number)
      if number.isMultiple(of: 200) {
        _ = try honest.ask(MetadataRequest(), version: 12)
        between += 1
      }
    }
    #expect(between == 10)
    #expect(server.broker.connectionCounters.postponedTurns > 0)
  }
}
