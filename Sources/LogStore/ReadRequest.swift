/// What a fetch wants of a log.
@usableFromInline
struct ReadRequest: Sendable {
  @usableFromInline let offset: Int64
  @usableFromInline let maxBytes: Int
  /// No batch that begins here or behind.
  @usableFromInline let limit: Int64

  @inlinable
  init(offset: Int64, maxBytes: Int, limit: Int64) {
    self.offset = offset
    self.maxBytes = maxBytes
    self.limit = limit
  }
}
