/// What `stat` tells that matters here.
public struct FileStatus: Sendable, Hashable {
  /// Which file this is, whatever its name.
  public var device: UInt64
  public var inode: UInt64
  /// Bytes.
  public var size: Int64
  /// Milliseconds since 1970-01-01 UTC.
  public var modified: Int64
  public var kind: FileKind

  public init(device: UInt64, inode: UInt64, size: Int64, modified: Int64, kind: FileKind) {
    self.device = device
    self.inode = inode
    self.size = size
    self.modified = modified
    self.kind = kind
  }
}
