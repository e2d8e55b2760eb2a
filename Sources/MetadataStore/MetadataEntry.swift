/// What a node holds.
public struct MetadataEntry: Sendable, Hashable {
  public var value: [UInt8]
  /// 0 when it was created, one more with each set.
  public var version: Int64
  /// Whose end it does not survive; nil for a persistent node.
  public var owner: Int64?

  public init(value: [UInt8], version: Int64, owner: Int64? = nil) {
    self.value = value
    self.version = version
    self.owner = owner
  }
}
