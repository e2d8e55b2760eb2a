/// A stretch of a batch's decompressed records that moves along as they are checked. Records that lie within it whole are
/// taken apart where they are; a larger one is checked field by field while its bytes pass through.
struct RecordWindow {
  /// Two of lz4's blocks, so that decompression can write straight into it, and few enough to stay in the cache.
  static let defaultSize = 128 << 10

  private let size: Int
  private let memory = ScratchBuffer()
  private var bytes = UnsafeRawBufferPointer(start: nil, count: 0)
  private var position = 0
  private var isWhole = false
  /// Bytes that left the window.
  private var passed = 0

  /// - Parameter size: bytes, at least 64.
  init(size: Int) {
    precondition(size >= 64)
    self.size = size
  }

  /// Decompressed bytes that were checked.
  var consumed: Int { passed + position }

  mutating func start(
    _ payload: UnsafeRawBufferPointer, with codec: Compression, _ decompressor: Decompressor
  ) throws(RecordWindowError) {
    position = 0
    passed = 0
    // What is not compressed is its own window.
    isWhole = codec == .none
    bytes = isWhole ? payload : UnsafeRawBufferPointer(start: nil, count: 0)
    do throws(CompressionError) {
      try decompressor.start(payload, with: codec)
    } catch {
      throw .compression(error)
    }
  }

  mutating func isAtEnd(_ decompressor: Decompressor) throws(RecordWindowError) -> Bool {
    try fill(1, decompressor)
    return position == bytes.count
  }

  /// Checks the next record.
  mutating func check(_ check: inout RecordCheck, _ decompressor: Decompressor) throws(RecordWindowError) {
    if bytes.count &- position < 5 { try fill(5, decompressor) }
    let start = position
    do throws(RecordFault) {
      var end = start
      let size = try Varint.read(bytes, at: &end)
      guard size >= 0 else { throw .negativeSize(size) }
      if Int(size) <= bytes.count &- end {
        try checkWhole(&check)
        return
      }
      if isWhole { throw .truncated }
    } catch {
      throw .fault(error)
    }
    try checkPartial(&check, decompressor)
  }

  /// The record at `position` lies in the window as a whole.
  @inline(__always)
  private mutating func checkWhole(_ check: inout RecordCheck) throws(RecordFault) {
    let fields = try RecordFields(bytes, at: &position)
    try check.accept(
      timestampDelta: fields.timestampDelta, offsetDelta: fields.offsetDelta, hasKey: fields.key != nil)
  }

  /// The record at `position` reaches beyond the window.
  private mutating func checkPartial(
    _ check: inout RecordCheck, _ decompressor: Decompressor
  ) throws(RecordWindowError) {
    try fill(size / 2, decompressor)
    let recordSize: Int
    do throws(RecordFault) {
      var end = position
      recordSize = Int(try Varint.read(bytes, at: &end))
      if recordSize <= bytes.count - end {
        try checkWhole(&check)
        return
      }
      position = end
    } catch {
      throw .fault(error)
    }
    let end = consumed + recordSize
    try skip(1, end, decompressor)
    let timestampDelta = try number(10, end, decompressor, Varint.readLong)
    let offsetDelta = try number(5, end, decompressor, Varint.read)
    let hasKey = try skipField(end, decompressor)
    _ = try skipField(end, decompressor)
    let headerCount = try number(5, end, decompressor, Varint.read)
    guard headerCount >= 0, Int(headerCount) <= (end - consumed) / 2 else {
      throw .fault(.invalidHeaderCount(headerCount))
    }
    for _ in 0..<headerCount {
      guard try skipField(end, decompressor) else { throw .fault(.nullHeaderKey) }
      _ = try skipField(end, decompressor)
    }
    guard consumed == end else { throw .fault(.excessBytes(end - consumed)) }
    do throws(RecordFault) {
      try check.accept(timestampDelta: timestampDelta, offsetDelta: offsetDelta, hasKey: hasKey)
    } catch {
      throw .fault(error)
    }
  }

  /// A variable-length number of at most `size` bytes that ends before `end`.
  private mutating func number<Number>(
    _ size: Int, _ end: Int, _ decompressor: Decompressor,
    _ read: (UnsafeRawBufferPointer, inout Int) throws(RecordFault) -> Number
  ) throws(RecordWindowError) -> Number {
    try fill(size, decompressor)
    let rest = UnsafeRawBufferPointer(rebasing: bytes[..<min(bytes.count, end - passed)])
    do throws(RecordFault) {
      return try read(rest, &position)
    } catch {
      throw .fault(error)
    }
  }

  /// A field behind its length; false when it is null.
  private mutating func skipField(_ end: Int, _ decompressor: Decompressor) throws(RecordWindowError) -> Bool {
    let length = try number(5, end, decompressor, Varint.read)
    if length == -1 { return false }
    guard length >= 0, Int(length) <= end - consumed else { throw .fault(.invalidLength(length)) }
    try skip(Int(length), end, decompressor)
    return true
  }

  private mutating func skip(_ count: Int, _ end: Int, _ decompressor: Decompressor) throws(RecordWindowError) {
    guard count <= end - consumed else { throw .fault(.truncated) }
    var left = count
    while left > bytes.count - position {
      left -= bytes.count - position
      position = bytes.count
      try fill(1, decompressor)
      guard position < bytes.count else { throw .fault(.truncated) }
    }
    position += left
  }

  /// Makes the window hold `count` bytes from `position` on, or all that are left when there are fewer.
  private mutating func fill(_ count: Int, _ decompressor: Decompressor) throws(RecordWindowError) {
    guard !isWhole, bytes.count - position < count else { return }
    memory.reserve(size)
    let target = UnsafeMutableRawBufferPointer(rebasing: memory.bytes[..<size])
    var kept = bytes.count - position
    if kept > 0 { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[position...])) }
    passed += position
    position = 0
    do throws(CompressionError) {
      while kept < count {
        let read = try decompressor.read(into: UnsafeMutableRawBufferPointer(rebasing: target[kept...]))
        if read == 0 { break }
        kept += read
      }
    } catch {
      bytes = UnsafeRawBufferPointer(rebasing: target[..<kept])
      throw .compression(error)
    }
    bytes = UnsafeRawBufferPointer(rebasing: target[..<kept])
  }
}
