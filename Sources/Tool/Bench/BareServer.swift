import Base
import Daemon
import Glibc
import KafkaProtocol
import NIOCore
import NIOPosix
import Transport

/// A server that answers each Produce request at once and stores nothing: through the same sockets, event loops and
/// frames, what a broker cannot be cheaper than.
final class BareServer: Sendable {
  private final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: ByteBuffer
    private var reader = FrameReader(sizeLimit: 1 << 20)

    init(answer: ByteBuffer) {
      self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      reader.append(unwrapInboundIn(data))
      do {
        while let frame = try reader.next() {
          // The correlation id stands behind the key and the version.
          guard let correlation = frame.getInteger(at: frame.readerIndex + 4, as: Int32.self) else { continue }
          var answer = answer
          answer.setInteger(correlation, at: answer.readerIndex + 4)
          context.write(wrapOutboundOut(answer), promise: nil)
        }
      } catch {
        context.close(promise: nil)
      }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
      context.flush()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }

  private let group: MultiThreadedEventLoopGroup
  private let server: any Channel
  let port: Int

  /// Listens on a port of loopback, with as many event loops as a broker has.
  init(topic: String) async throws {
    let answer = try Self.answer(topic: topic)
    group = MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount)
    server = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.maxMessagesPerRead, value: 4)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Connection(answer: answer))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = server.localAddress?.port ?? 0
  }

  private static func answer(topic: String) throws(ProtocolError) -> ByteBuffer {
    var partition = ProduceResponse.PartitionProduceResponse()
    partition.baseOffset = 0
    partition.logAppendTimeMs = -1
    partition.logStartOffset = 0
    var response = ProduceResponse()
    var topicResponse = ProduceResponse.TopicProduceResponse()
    topicResponse.name = topic
    topicResponse.partitionResponses = [partition]
    response.responses = [topicResponse]
    let frame = try response.frame(version: PreparedProduce.version, correlationID: 0)
    return frame.contiguous() ?? frame.bytes
  }

  /// Microseconds that its threads have worked.
  func processorTime() async throws -> Int64 {
    var sum: Int64 = 0
    for loop in group.makeIterator() { sum += try await ThreadClock.nanoseconds(of: loop) }
    return sum / 1000
  }

  func stop() async throws {
    try await server.close()
    try await group.shutdownGracefully()
  }
}
