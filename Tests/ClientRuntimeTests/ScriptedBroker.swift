import Base
import ClientCore
import KafkaProtocol
import NIOCore
import NIOPosix
import Synchronization
import Transport

/// A broker that answers each request with the bytes a script gives for it; nil closes the connection.
final class ScriptedBroker: Sendable {
  typealias Script = @Sendable (_ api: ApiKey, _ version: Int16, _ correlationID: Int32) -> ByteBuffer?

  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let channel: any Channel
  let address: BrokerAddress
  private let ends = Ends()

  /// What waits for the end of a connection.
  private final class Ends: Sendable {
    let state = Mutex<(count: Int, waiters: [CheckedContinuation<Void, Never>])>((0, []))

    func note() {
      let waiters = state.withLock { state in
        state.count += 1
        defer { state.waiters = [] }
        return state.waiters
      }
      for waiter in waiters { waiter.resume() }
    }
  }

  /// Returns once a connection has ended.
  func waitForEndOfConnection() async {
    await withCheckedContinuation { continuation in
      let hasEnded = ends.state.withLock { state in
        if state.count == 0 { state.waiters.append(continuation) }
        return state.count > 0
      }
      if hasEnded { continuation.resume() }
    }
  }

  init(_ script: @escaping Script) async throws {
    let ends = ends
    channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Connection(script, ends))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    address = BrokerAddress(host: "127.0.0.1", port: channel.localAddress?.port ?? 0)
  }

  func stop() async throws {
    try await channel.close()
    try await group.shutdownGracefully()
  }

  private final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let script: Script
    private let ends: Ends
    private var reader = FrameReader(sizeLimit: 1 << 20)

    init(_ script: @escaping Script, _ ends: Ends) {
      self.script = script
      self.ends = ends
    }

    func channelInactive(context: ChannelHandlerContext) {
      ends.note()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      reader.append(unwrapInboundIn(data))
      do throws(FrameError) {
        while var frame = try reader.next() {
          guard let key = frame.readInteger(as: Int16.self), let version = frame.readInteger(as: Int16.self),
            let correlationID = frame.readInteger(as: Int32.self),
            let answer = script(ApiKey(rawValue: key), version, correlationID)
          else { return context.close(promise: nil) }
          context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
        }
      } catch {
        context.close(promise: nil)
      }
    }
  }

  /// The frame of an answer.
  static func frame<Response: ResponseMessage>(
    _ response: Response, version: Int16, correlationID: Int32
  ) -> ByteBuffer? {
    do throws(ProtocolError) {
      return try response.frame(version: version, correlationID: correlationID).contiguous()
    } catch {
      return nil
    }
  }

  /// An answer to ApiVersions that has these APIs in all versions there are.
  static func apiVersions(_ requests: [any RequestMessage.Type]) -> ApiVersionsResponse {
    var response = ApiVersionsResponse()
    response.apiKeys = requests.map { request in
      var api = ApiVersionsResponse.ApiVersion()
      api.apiKey = request.key.rawValue
      api.minVersion = request.versions.lowerBound
      api.maxVersion = request.versions.upperBound
      return api
    }
    return response
  }
}
