/// One entry of a sparse index: a key that grows, and what it points to. Big-endian on disk.
@usableFromInline
protocol IndexEntry: Sendable, Hashable {
  /// Bytes.
  static var size: Int { get }
  /// What a search compares.
  var key: Int64 { get }
  /// `bytes` has at least `size` bytes from `offset` on.
  init(reading bytes: UnsafeRawBufferPointer, at offset: Int)
  func encode(to bytes: inout [UInt8])
  /// Whether this may stand behind `previous` in a sound index.
  func follows(_ previous: Self) -> Bool
}
