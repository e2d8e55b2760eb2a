import Base
import BrokerCore
import Daemon
import DiskIO
import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// A broker that listens. Tests run it in their own process.
public final class RunningBroker: Sendable {
  /// How long the end waits for requests under way.
  private static let stopSeconds: Int64 = 10

  private let broker: Broker<RealFileSystem>
  private let lock: Mutex<DirectoryLock?>
  private let shell: BrokerShell
  private let group: MultiThreadedEventLoopGroup
  private let server: any Channel
  private let housekeeping: Housekeeping
  private let log: Log
  /// Where it listens.
  public let address: String
  public let port: Int

  /// Opens the data directory and listens.
  package convenience init(_ table: SettingsTable, log: Log) throws(BrokerExit) {
    let start = try BrokerStart(table, log: log)
    try self.init(start, log: log)
  }

  private init(_ start: BrokerStart, log: Log) throws(BrokerExit) {
    broker = start.broker
    lock = Mutex(start.lock)
    self.log = log
    let settings = start.broker.settings
    guard let listen = ListenAddress(settings.listeners) else {
      throw BrokerExit(.configuration, "listeners: expected HOST:PORT, found \"\(settings.listeners)\"")
    }
    let threads = settings.eventLoopCount > 0 ? Int(settings.eventLoopCount) : System.coreCount
    group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
    shell = BrokerShell(broker: start.broker, log: log)
    var loops: [LoopShell] = []
    for eventLoop in group.makeIterator() {
      loops.append(LoopShell(index: loops.count, eventLoop: eventLoop, shell: shell))
    }
    shell.start(loops)
    do {
      server = try Self.bootstrap(group, loops, log).bind(host: listen.host, port: listen.port).wait()
    } catch {
      Self.abandon(group, shell, log)
      throw BrokerExit(.unavailable, "cannot listen on \(listen): \(Self.reason(error)); \(Self.remedy(error))")
    }
    port = server.localAddress?.port ?? listen.port
    address = ListenAddress(host: listen.host, port: port).description
    housekeeping = Housekeeping(shell: shell, loops: loops)
    do throws(BrokerExit) {
      start.broker.endpoint = try Self.endpoint(settings, listen, port: port)
    } catch {
      server.close(promise: nil)
      Self.abandon(group, shell, log)
      throw error
    }
    shell.carryOut(start.effects)
    housekeeping.start()
  }

  /// What clients are told to connect to.
  private static func endpoint(
    _ settings: BrokerSettings, _ listen: ListenAddress, port: Int
  ) throws(BrokerExit) -> BrokerEndpoint {
    if let advertised = settings.advertisedListeners {
      guard let address = ListenAddress(advertised), !address.isWildcard else {
        throw BrokerExit(.configuration, "advertised.listeners: expected HOST:PORT, found \"\(advertised)\"")
      }
      return BrokerEndpoint(host: address.host, port: Int32(clamping: address.port == 0 ? port : address.port))
    }
    return BrokerEndpoint(host: listen.isWildcard ? hostName() : listen.host, port: Int32(clamping: port))
  }

  private static func bootstrap(
    _ group: MultiThreadedEventLoopGroup, _ loops: [LoopShell], _ log: Log
  ) -> ServerBootstrap {
    ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptErrorHandler(log: log))
        }
      }
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.maxMessagesPerRead, value: 4)
      .childChannelOption(.writeBufferWaterMark, value: .init(low: 256 << 10, high: 1 << 20))
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard let loop = loops.first(where: { $0.eventLoop === channel.eventLoop }) else { return }
          try channel.pipeline.syncOperations.addHandler(ConnectionHandler(loop: loop))
        }
      }
  }

  private static func reason(_ error: any Error) -> String {
    if let error = error as? IOError { return String(cString: strerror(error.errnoCode)) }
    return "\(error)"
  }

  /// What to do about an address that cannot be listened on.
  private static func remedy(_ error: any Error) -> String {
    switch (error as? IOError)?.errnoCode {
    case EADDRNOTAVAIL: "choose an address this machine has, or 0.0.0.0 for all of them"
    case EACCES: "ports below 1024 are the superuser's; choose another"
    case EADDRINUSE: "free the port, or choose another"
    default: "choose an address of this machine, such as 0.0.0.0:9092"
    }
  }

  private static func abandon(_ group: MultiThreadedEventLoopGroup, _ shell: BrokerShell, _ log: Log) {
    shell.stopThreads()
    do {
      try group.syncShutdownGracefully()
    } catch {
      log.warning("the event loops did not end in order", ["reason": "\(error)"])
    }
  }

  /// Requests under way are finished, everything is synced, and the next start reads next to nothing. False when some
  /// log could not be closed in order.
  @discardableResult
  public func stop() -> Bool {
    housekeeping.stop()
    do {
      try server.close().wait()
    } catch {
      log.debug("closing the listener", ["reason": "\(error)"])
    }
    for loop in shell.loops { loop.eventLoop.execute { loop.beginStop() } }
    let deadline = systemClock().deadline(afterMilliseconds: Self.stopSeconds * 1000)
    let isQuiet = waitForConnections(until: deadline)
    if !isQuiet { log.warning("some requests did not end in time; their connections are cut") }
    // On several threads at once, which closing one log after another is not.
    var syncs: [Effect] = []
    broker.syncAll(effects: &syncs)
    shell.carryOut(syncs)
    // What the threads still do is delivered to the loops, so these end last.
    shell.stopThreads()
    do {
      try group.syncShutdownGracefully()
    } catch {
      log.warning("the event loops did not end in order", ["reason": "\(error)"])
    }
    var effects: [Effect] = []
    let isClean = broker.close(effects: &effects)
    for case .warning(let key, let message) in effects { shell.warn(key, message) }
    // The directory is another's to take from here on.
    lock.withLock { $0 = nil }
    return isClean
  }

  /// Asks the loops until no connection is left.
  private func waitForConnections(until deadline: Int64) -> Bool {
    while systemClock().monotonic < deadline {
      var count = 0
      for loop in shell.loops {
        do {
          // Each question waits a little on the loop itself, so that this is no busy loop.
          count += try loop.eventLoop.scheduleTask(in: .milliseconds(5)) { loop.connectionCount }.futureResult.wait()
        } catch {
          log.debug("asking an event loop", ["reason": "\(error)"])
        }
      }
      if count == 0 { return true }
    }
    return false
  }
}

/// Notes connections that could not be accepted.
private final class AcceptErrorHandler: ChannelInboundHandler {
  typealias InboundIn = Channel

  private let log: Log

  init(log: Log) {
    self.log = log
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    log.limited("accept", everySeconds: 10)?.warning("a connection could not be accepted", ["reason": "\(error)"])
  }
}
