import Base
import BrokerCore
import DiskIO
import LogStore
import NIOCore

extension ConnectionHandler {
  /// Hands answers to the channel for as long as it takes them.
  func send() {
    guard let context else { return }
    var hasWritten = false
    while !output.isReading, context.channel.isWritable, let piece = output.first {
      switch piece {
      case .bytes(let bytes):
        output.removeFirst()
        context.write(wrapOutboundOut(.byteBuffer(bytes)), promise: nil)
      case .slice(let slice):
        if sendRegion(of: slice, context) { break }
        guard let chunk = readChunk(slice) else { break }
        context.write(wrapOutboundOut(.byteBuffer(chunk)), promise: nil)
      case .end:
        output.removeFirst()
        close(context)
      }
      hasWritten = true
    }
    if hasWritten { loop.wrote(self) }
  }

  func flush() {
    context?.flush()
  }

  /// Closes once everything written before has left.
  private func close(_ context: ChannelHandlerContext) {
    let promise = context.eventLoop.makePromise(of: Void.self)
    let channel = context.channel
    promise.futureResult.whenComplete { _ in channel.close(promise: nil) }
    context.writeAndFlush(wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: promise)
  }

  /// Has the kernel send the next bytes of a slice from the page cache, without a copy (`sendfile`); false when they
  /// would have to be read first, or are so few that a copy costs less.
  private func sendRegion(of slice: LogSlice<RealFileSystem>, _ context: ChannelHandlerContext) -> Bool {
    let count = min(slice.size, ConnectionOutput.regionSize)
    let file = slice.file
    guard count >= ConnectionOutput.regionMinimum,
      file.files.isCached(file.handle, at: slice.position, count: count)
    else { return false }
    let start = Int(slice.position)
    let handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: file.handle.descriptor)
    let promise = context.eventLoop.makePromise(of: Void.self)
    let log = loop.shell.log
    promise.futureResult.whenComplete { _ in
      // The descriptor is the log's own, which is held until here; only NIO's handle of it ends.
      withExtendedLifetime(file) {
        do {
          _ = try handle.takeDescriptorOwnership()
        } catch {
          log.debug("a file handle could not be given back", ["file": file.path, "reason": "\(error)"])
        }
      }
    }
    output.advanceSlice(by: count)
    let region = FileRegion(fileHandle: handle, readerIndex: start, endIndex: start + count)
    context.write(wrapOutboundOut(.fileRegion(region)), promise: promise)
    return true
  }

  /// The next bytes of a slice; nil when they have to be read by a disk thread, which is asked to.
  private func readChunk(_ slice: LogSlice<RealFileSystem>) -> ByteBuffer? {
    let count = min(slice.size, ConnectionOutput.chunkSize)
    var chunk = ByteBufferAllocator().buffer(capacity: count)
    if let read = chunk.append(cached: slice, count: count) {
      output.advanceSlice(by: read)
      return chunk
    }
    output.isReading = true
    let handler = NIOLoopBound(self, eventLoop: loop.eventLoop)
    let eventLoop = loop.eventLoop
    loop.shell.read {
      let result = Self.readFromDisk(slice, count)
      eventLoop.execute { handler.value.didRead(result) }
    }
    return nil
  }

  private static func readFromDisk(
    _ slice: LogSlice<RealFileSystem>, _ count: Int
  ) -> Result<ByteBuffer, FileError> {
    var chunk = ByteBufferAllocator().buffer(capacity: count)
    var failure: FileError?
    chunk.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { buffer in
      do throws(FileError) {
        let read = try slice.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(count)))
        if read == 0 {
          failure = FileError(operation: "read", path: slice.file.path, code: 5, reason: "the file ends too early")
        }
        return read
      } catch {
        failure = error
        return 0
      }
    }
    return failure.map { .failure($0) } ?? .success(chunk)
  }

  private func didRead(_ result: Result<ByteBuffer, FileError>) {
    output.isReading = false
    guard let context else { return }
    switch result {
    case .success(let chunk):
      output.advanceSlice(by: chunk.readableBytes)
      context.write(wrapOutboundOut(.byteBuffer(chunk)), promise: nil)
      send()
      flush()
      loop.settle()
    case .failure(let error):
      // Part of the answer has left already; only the end of the connection can tell.
      loop.shell.log.limited("read", everySeconds: 10)?.warning(
        "an answer could not be completed", ["peer": peer, "reason": error])
      context.close(promise: nil)
    }
  }
}
