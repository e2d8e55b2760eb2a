/// Records of one stream that follow each other. Valid only during the call that hands it over.
public struct RecordRun {
  /// One record's value: a place in `bytes`.
  public struct Extent: Sendable, Hashable {
    public var start: Int
    public var count: Int

    @inlinable
    public init(start: Int, count: Int) {
      self.start = start
      self.count = count
    }
  }

  public var bytes: UnsafeRawBufferPointer
  public var extents: ArraySlice<Extent>
  public var route: RecordRoute
  /// Milliseconds since 1970-01-01 UTC.
  public var timestamp: Int64
  /// What is special about every record of this run.
  public var mark: LineMark
  public var token: DeliveryToken

  @inlinable
  public init(
    bytes: UnsafeRawBufferPointer, extents: ArraySlice<Extent>, route: RecordRoute, timestamp: Int64, mark: LineMark,
    token: DeliveryToken
  ) {
    self.bytes = bytes
    self.extents = extents
    self.route = route
    self.timestamp = timestamp
    self.mark = mark
    self.token = token
  }

  /// The value of one of `extents`.
  @inlinable
  public func value(_ extent: Extent) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[extent.start..<extent.start + extent.count])
  }
}
