/// Memory to read into, reused from turn to turn.
final class ReadBuffer {
  private(set) var bytes: UnsafeMutableRawBufferPointer

  init(capacity: Int) {
    bytes = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit { bytes.deallocate() }

  /// Makes it `capacity` bytes large; what it held is lost.
  func resize(to capacity: Int) {
    guard capacity != bytes.count else { return }
    bytes.deallocate()
    bytes = .allocate(byteCount: capacity, alignment: 16)
  }
}
