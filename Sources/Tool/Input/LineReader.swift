import Glibc

/// Cuts what comes from a file descriptor into lines of raw bytes, without their ends. A last line without an end is one
/// too. Waits in `read`; memory stays within the limit of a line.
public struct LineReader: ~Copyable {
  public enum Line: Sendable, Hashable {
    /// Where the line lies: for `withBytes`, until the next call of `next`.
    case bytes(Range<Int>)
    /// A line of this many bytes, more than the limit, which were skipped.
    case tooLong(Int)
  }

  private static let chunkSize = 256 << 10

  private let descriptor: Int32
  private let limit: Int
  private var buffer: UnsafeMutableRawBufferPointer
  private var start = 0
  /// Bytes from `start` on that hold no line end, as far as was looked.
  private var searched = 0
  private var end = 0
  private var skipped = 0
  private var isAtEnd = false

  /// - Parameter limit: bytes of a line.
  public init(descriptor: Int32, limit: Int) {
    self.descriptor = descriptor
    self.limit = limit
    buffer = .allocate(byteCount: limit + Self.chunkSize, alignment: 16)
  }

  deinit {
    buffer.deallocate()
  }

  /// The next line; nil at the end.
  public mutating func next() throws(ToolFailure) -> Line? {
    while true {
      let unsearched = UnsafeRawBufferPointer(rebasing: buffer[(start + searched)..<end])
      if let base = unsearched.baseAddress, let found = memchr(base, 0x0A, unsearched.count) {
        let place = start + searched + (UnsafeRawPointer(found) - base)
        return take(upTo: place, continuingAt: place + 1)
      }
      searched = end - start
      if isAtEnd { return end > start || skipped > 0 ? take(upTo: end, continuingAt: end) : nil }
      if searched > limit {
        skipped += searched
        start = end
        searched = 0
      }
      try fill()
    }
  }

  public borrowing func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    body(UnsafeRawBufferPointer(rebasing: buffer[range]))
  }

  private mutating func take(upTo place: Int, continuingAt next: Int) -> Line {
    let line = start..<place
    let length = skipped + line.count
    start = next
    searched = 0
    skipped = 0
    return length > limit ? .tooLong(length) : .bytes(line)
  }

  private mutating func fill() throws(ToolFailure) {
    if start > 0, end == start || buffer.count - end < Self.chunkSize / 2 {
      memmove(buffer.baseAddress!, buffer.baseAddress! + start, end - start)
      end -= start
      start = 0
    }
    while true {
      let count = read(descriptor, buffer.baseAddress! + end, buffer.count - end)
      if count > 0 { end += count }
      if count == 0 { isAtEnd = true }
      if count >= 0 { return }
      guard errno == EINTR else {
        throw ToolFailure("cannot read the lines: \(String(cString: strerror(errno)))", status: .inputOutput)
      }
    }
  }
}
