import Base
import ClientCore
import Daemon
import DiskIO
import Glibc
import NIOCore
import NIOPosix

/// What the machine itself takes for what a broker cannot do without: an exchange over loopback through NIO, an append
/// to a file, a flush of the disk, bytes in and out. Figures of a broker mean something beside these.
public struct FloorBench: Sendable {
  public struct Result: Sendable {
    public var echoesPerSecond: Double
    /// Processor time of the echoing thread for one exchange.
    public var echoMicroseconds: Double
    public var appendMicroseconds: Double
    /// Of `fdatasync` after one append.
    public var flushMicroseconds: LatencyPercentiles?
    /// CPU seconds for each GB received, checksummed (CRC-32C) and written to a file.
    public var secondsPerGigabyteIn: Double
    /// CPU seconds for each GB sent from the page cache by `sendfile`.
    public var secondsPerGigabyteOut: Double
  }

  private final class Echo: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      context.write(data, promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
      context.flush()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }

  public var directory: String
  public var size = 1100
  public var exchanges = 100_000
  public var inFlight = 5
  public var flushes = 500

  public init(directory: String) {
    self.directory = directory
  }

  public func run() async throws(ToolFailure) -> Result {
    let (echoesPerSecond, echoMicroseconds) = try await echo()
    let (append, flush) = try file()
    let transfer = try TransferFloor(directory: directory).run()
    return Result(
      echoesPerSecond: echoesPerSecond, echoMicroseconds: echoMicroseconds, appendMicroseconds: append,
      flushMicroseconds: flush, secondsPerGigabyteIn: transfer.secondsPerGigabyteIn,
      secondsPerGigabyteOut: transfer.secondsPerGigabyteOut)
  }

  private func echo() async throws(ToolFailure) -> (perSecond: Double, microseconds: Double) {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    var result: (Double, Double)?
    var failure: ToolFailure?
    do {
      let server = try await ServerBootstrap(group: group)
        .childChannelInitializer { channel in channel.pipeline.addHandler(Echo()) }
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .bind(host: "127.0.0.1", port: 0).get()
      var connection = try RawConnection(BrokerAddress(host: "127.0.0.1", port: server.localAddress?.port ?? 0))
      try exchange(&connection, count: 1000)
      let before = try await ThreadClock.nanoseconds(of: group.next())
      let start = systemClock().monotonic
      try exchange(&connection, count: exchanges)
      let nanoseconds = systemClock().monotonic - start
      let used = try await ThreadClock.nanoseconds(of: group.next()) - before
      result = (Double(exchanges) * 1e9 / Double(nanoseconds), Double(used) / 1000 / Double(exchanges))
      try await server.close()
    } catch {
      failure = error as? ToolFailure ?? ToolFailure("the echo failed: \(error)")
    }
    do {
      try await group.shutdownGracefully()
    } catch {
      failure = failure ?? ToolFailure("the echo's event loop does not end: \(error)")
    }
    guard let result else { throw failure ?? ToolFailure("the echo has no result") }
    return result
  }

  private func exchange(_ connection: inout RawConnection, count: Int) throws(ToolFailure) {
    let body = UInt32(size - 4)
    let frame = withUnsafeBytes(of: body.bigEndian) { Array($0) } + [UInt8](repeating: 0x78, count: Int(body))
    var sent = 0
    for answered in 0..<count {
      while sent < count, sent - answered < inFlight {
        try connection.send(frame)
        sent += 1
      }
      _ = try connection.receive()
    }
  }

  private func file() throws(ToolFailure) -> (append: Double, flush: LatencyPercentiles?) {
    let files = RealFileSystem()
    let path = "\(directory)/splashdam-bench-floor.\(getpid())"
    do throws(FileError) {
      let file = try files.open(path, .replace)
      defer { files.close(file) }
      let piece = [UInt8](repeating: 0x78, count: size)
      let appends = 20_000
      var offset: Int64 = 0
      let start = systemClock().monotonic
      for _ in 0..<appends { try Self.append(piece, to: file, at: &offset, files) }
      let append = Double(systemClock().monotonic - start) / 1000 / Double(appends)
      var latency = LatencyRecorder()
      for _ in 0..<flushes {
        try Self.append(piece, to: file, at: &offset, files)
        let start = systemClock().monotonic
        try files.sync(file)
        latency.record(nanoseconds: systemClock().monotonic - start)
      }
      try files.remove(path)
      return (append, latency.percentiles)
    } catch {
      throw ToolFailure("\(error)", status: .inputOutput)
    }
  }

  private static func append(
    _ piece: [UInt8], to file: RealFileSystem.File, at offset: inout Int64, _ files: RealFileSystem
  ) throws(FileError) {
    try piece.span.withUnsafeBytes { (bytes) throws(FileError) in
      try files.write(file, at: offset, bytes, UnsafeRawBufferPointer(start: nil, count: 0))
    }
    offset += Int64(piece.count)
  }
}
