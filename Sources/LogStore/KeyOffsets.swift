/// The last offset of each key in a stretch of a log. Keys are kept whole: a hash instead could take one key for
/// another and lose a record.
struct KeyOffsets {
  /// Bytes an entry takes beside its key, by and large.
  private static let entryOverhead = 64

  private var offsets: [[UInt8]: Int64] = [:]
  private var byteCount = 0
  private let limit: Int

  /// - Parameter limit: bytes of memory it may take.
  init(limit: Int) {
    self.limit = limit
  }

  var isEmpty: Bool { offsets.isEmpty }

  /// Notes that a record of `key` has `offset`, which is larger than those before; false when there is no room for
  /// another key.
  mutating func note(_ key: UnsafeRawBufferPointer, at offset: Int64) -> Bool {
    let key = Array(key)
    if offsets.updateValue(offset, forKey: key) != nil { return true }
    byteCount += key.count + Self.entryOverhead
    // One key there is always room for, or there would be no end.
    if byteCount <= limit || offsets.count == 1 { return true }
    offsets[key] = nil
    byteCount -= key.count + Self.entryOverhead
    return false
  }

  /// Whether a later record of the same key is known. False for keys that are not.
  func isSuperseded(_ key: UnsafeRawBufferPointer, at offset: Int64) -> Bool {
    guard let last = offsets[Array(key)] else { return false }
    return last > offset
  }
}
