import BrokerCore
import DiskIO
import KafkaProtocol
import LogStore
import NIOCore

/// Answers on their way to the socket.
struct ConnectionOutput {
  enum Piece {
    case bytes(ByteBuffer)
    /// What is still to be read of a slice.
    case slice(LogSlice<RealFileSystem>)
    /// Close when all before it has left.
    case end
  }

  /// Answers of up to so many bytes are put together before they are written.
  static let joinLimit = 64 << 10
  /// Bytes read from a file at once.
  static let chunkSize = 64 << 10
  /// Bytes of a file handed to the kernel at once.
  static let regionSize = 256 << 10
  /// Fewer bytes than these cost less to copy.
  static let regionMinimum = 16 << 10
  /// Pieces that may wait.
  static let pieceLimit = 4096

  private(set) var pieces = CircularBuffer<Piece>()
  /// A disk thread reads for the first piece.
  var isReading = false

  var isEmpty: Bool { pieces.isEmpty }
  var isFull: Bool { pieces.count >= Self.pieceLimit }
  var first: Piece? { pieces.first }

  mutating func append(_ reply: BrokerReply<RealFileSystem>) {
    if reply.frame.splices.isEmpty {
      pieces.append(.bytes(reply.frame.bytes))
    } else if let joined = Self.join(reply) {
      pieces.append(.bytes(joined))
    } else {
      reply.frame.forEachPiece { piece in
        switch piece {
        case .bytes(let bytes): pieces.append(.bytes(bytes))
        case .external(_, let index): pieces.append(.slice(reply.slices[index]))
        }
      }
    }
  }

  mutating func end() {
    pieces.append(.end)
  }

  mutating func removeFirst() {
    pieces.removeFirst()
  }

  /// The first piece is a slice of which `count` bytes were read.
  mutating func advanceSlice(by count: Int) {
    guard case .slice(let slice) = pieces.first else { return }
    pieces[pieces.startIndex] = .slice(slice.dropping(count))
    if count >= slice.size { pieces.removeFirst() }
  }

  /// The whole answer in one buffer; nil when it is large, or not all of it is in memory.
  private static func join(_ reply: BrokerReply<RealFileSystem>) -> ByteBuffer? {
    let size = reply.frame.byteCount
    guard size <= joinLimit else { return nil }
    var joined = ByteBufferAllocator().buffer(capacity: size)
    var isComplete = true
    reply.frame.forEachPiece { piece in
      switch piece {
      case .bytes(let bytes): joined.writeImmutableBuffer(bytes)
      case .external(let count, let index):
        isComplete = isComplete && joined.append(cached: reply.slices[index], count: count) == count
      }
    }
    return isComplete ? joined : nil
  }
}

extension LogSlice {
  /// Without its first bytes.
  func dropping(_ count: Int) -> LogSlice {
    LogSlice(file: file, position: position + Int64(count), size: max(size - count, 0), baseOffset: baseOffset)
  }
}

extension ByteBuffer {
  /// Appends what memory holds of the first `count` bytes of a slice; nil when that is nothing, or reading failed.
  mutating func append(cached slice: LogSlice<RealFileSystem>, count: Int) -> Int? {
    var isRead = false
    let written = writeWithUnsafeMutableBytes(minimumWritableBytes: count) { buffer in
      do {
        let read = try slice.readCached(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(count)))
        isRead = read != nil
        return read ?? 0
      } catch {
        // The read that waits for the disk meets the same error, and tells it.
        return 0
      }
    }
    return isRead && written > 0 ? written : nil
  }
}
