import Base
import DiskIO
import Glibc
import Synchronization

/// What the machine takes to move bytes in and out as a broker must: received, checksummed once and written to a file;
/// and sent from the page cache by `sendfile`. It is the processor time of the thread that does it; the one at the other
/// end of the connection is not counted.
struct TransferFloor: Sendable {
  struct Result: Sendable {
    /// CPU seconds for each GB (10⁹ bytes) received, checksummed and written.
    var secondsPerGigabyteIn: Double
    /// CPU seconds for each GB sent.
    var secondsPerGigabyteOut: Double
  }

  /// Bytes checksummed and written at once.
  private static let pieceSize = 1 << 20

  private static let checksumOfNothing: UInt32 = 0

  let directory: String
  /// Bytes moved in each direction.
  var size = 1 << 30

  func run() throws(ToolFailure) -> Result {
    let path = "\(directory)/splashdam-bench-transfer.\(getpid())"
    let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw Self.failure("open \(path)") }
    defer { close(descriptor) }
    unlink(path)
    return Result(secondsPerGigabyteIn: try takeIn(descriptor), secondsPerGigabyteOut: try sendOut(descriptor))
  }

  private func takeIn(_ file: Int32) throws(ToolFailure) -> Double {
    let pair = try LoopbackPair()
    let (near, far, size) = (pair.near, pair.far, size)
    return try measure {
      Self.withBuffer { buffer in
        var position = 0
        while position < size {
          let wanted = min(buffer.count, size - position)
          var filled = 0
          while filled < wanted {
            let count = recv(near, buffer.baseAddress! + filled, wanted - filled, 0)
            guard count > 0 else { return Self.failure("receive") }
            filled += count
          }
          let piece = UnsafeRawBufferPointer(rebasing: buffer[..<wanted])
          // What it is compared with keeps it from being optimized away.
          guard CRC32C.checksum(piece) != Self.checksumOfNothing else { return Self.failure("checksum") }
          guard pwrite(file, piece.baseAddress, wanted, position) == wanted else { return Self.failure("write") }
          position += wanted
        }
        return nil
      }
    } against: {
      Self.withBuffer { buffer in
        buffer.initializeMemory(as: UInt8.self, repeating: 0x78)
        var sent = 0
        while sent < size {
          let count = send(far, buffer.baseAddress, min(buffer.count, size - sent), Int32(MSG_NOSIGNAL))
          guard count > 0 else { return Self.failure("send") }
          sent += count
        }
        return nil
      }
    }
  }

  private func sendOut(_ file: Int32) throws(ToolFailure) -> Double {
    let pair = try LoopbackPair()
    let (near, far, size) = (pair.near, pair.far, size)
    return try measure {
      var position = off_t(0)
      while position < size {
        guard sendfile(near, file, &position, min(Self.pieceSize, size - position)) > 0 else {
          return Self.failure("sendfile")
        }
      }
      return nil
    } against: {
      Self.withBuffer { buffer in
        var received = 0
        while received < size {
          let count = recv(far, buffer.baseAddress, buffer.count, 0)
          guard count > 0 else { return Self.failure("receive") }
          received += count
        }
        return nil
      }
    }
  }

  /// CPU seconds per GB of `work`, with `other` on a thread of its own.
  private func measure(
    _ work: @escaping @Sendable () -> ToolFailure?, against other: @escaping @Sendable () -> ToolFailure?
  ) throws(ToolFailure) -> Double {
    let outcome = Outcome()
    let threads = DiskThreads(count: 2)
    threads.run { outcome.add(nanoseconds: 0, other()) }
    threads.run {
      let start = ThreadClock.nanoseconds
      let failure = work()
      outcome.add(nanoseconds: ThreadClock.nanoseconds - start, failure)
    }
    threads.stop()
    let (nanoseconds, failure) = outcome.sum
    if let failure { throw failure }
    return Double(nanoseconds) / Double(size)
  }

  private final class Outcome: Sendable {
    private let state = Mutex<(nanoseconds: Int64, failure: ToolFailure?)>((0, nil))

    var sum: (nanoseconds: Int64, failure: ToolFailure?) { state.withLock { $0 } }

    func add(nanoseconds: Int64, _ failure: ToolFailure?) {
      state.withLock { $0 = ($0.nanoseconds + nanoseconds, $0.failure ?? failure) }
    }
  }

  private static func withBuffer(_ body: (UnsafeMutableRawBufferPointer) -> ToolFailure?) -> ToolFailure? {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceSize, alignment: 4096)
    defer { buffer.deallocate() }
    return body(buffer)
  }

  private static func failure(_ operation: String) -> ToolFailure {
    ToolFailure("cannot \(operation): \(String(cString: strerror(errno)))", status: .inputOutput)
  }
}
