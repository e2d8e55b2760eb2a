/// Memory that is used again and again and whose address stays until it grows. For one thread at a time.
@usableFromInline
final class ScratchBuffer {
  /// A buffer that once had to grow beyond this gives its memory back when less will do.
  static let retainedSize = 4 << 20

  @usableFromInline private(set) var bytes: UnsafeMutableRawBufferPointer

  init() {
    bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  }

  deinit {
    bytes.deallocate()
  }

  /// Makes room for at least `count` bytes; the first `kept` of them stay what they are.
  func reserve(_ count: Int, keeping kept: Int = 0) {
    if bytes.count >= count, bytes.count <= Self.retainedSize || count > Self.retainedSize || kept > 0 { return }
    // In powers of two, so that a slowly growing need does not copy every time.
    var size = 4096
    while size < count { size *= 2 }
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
    if kept > 0 { larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<kept])) }
    bytes.deallocate()
    bytes = larger
  }
}
