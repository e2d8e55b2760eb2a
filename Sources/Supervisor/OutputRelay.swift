import Daemon
import Glibc
import Synchronization

/// Copies what a program prints, line by line, on a thread of its own: a reader who does not keep up slows the program
/// down, and nothing else.
final class OutputRelay: Sendable {
  /// Keeps the lines of several relays apart.
  final class Turn: Sendable {
    let mutex = Mutex(())
  }

  private static let chunkSize = 64 << 10

  private let recent = Mutex(RecentLines())
  /// At its end once everything is copied.
  private let finished: Pipe

  /// Takes over `source`. `outputLost` is called when nobody reads `target` any more; the rest is read and dropped.
  init(
    _ source: Int32, to target: Int32, prefixer: LinePrefixer, turn: Turn, outputLost: @escaping @Sendable () -> Void
  ) throws(SupervisorError) {
    finished = try Pipe()
    startThread(name: "output") { [self] in
      copy(source, to: target, prefixer, turn, outputLost)
      close(source)
      close(finished.writeEnd)
    }
  }

  deinit {
    close(finished.readEnd)
  }

  var recentLines: [String] { recent.withLock { $0.lines } }

  /// Waits until everything is copied, but not for long: whoever inherited the pipe may keep it open.
  func waitUntilFinished(milliseconds: Int32) {
    var waiting = pollfd(fd: finished.readEnd, events: Int16(POLLIN), revents: 0)
    while poll(&waiting, 1, milliseconds) < 0, errno == EINTR { continue }
  }

  private func copy(
    _ source: Int32, to target: Int32, _ prefixer: LinePrefixer, _ turn: Turn, _ outputLost: @Sendable () -> Void
  ) {
    var prefixer = prefixer
    var chunk = [UInt8](repeating: 0, count: Self.chunkSize)
    var output: [UInt8] = []
    var isLost = false
    while true {
      let count = read(source, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      output.removeAll(keepingCapacity: true)
      if count > 0 {
        chunk.withUnsafeBytes { bytes in
          prefixer.take(UnsafeRawBufferPointer(rebasing: bytes[..<count]), into: &output, observe: remember)
        }
      } else {
        prefixer.finish(into: &output, observe: remember)
      }
      if !isLost, !output.isEmpty {
        let code = turn.mutex.withLock { _ in output.withUnsafeBytes { writeWhole($0, to: target) } }
        if code != 0 {
          isLost = true
          outputLost()
        }
      }
      if count <= 0 { return }
    }
  }

  private func remember(_ line: UnsafeRawBufferPointer) {
    recent.withLock { $0.append(line) }
  }
}
