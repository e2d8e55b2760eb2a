import Base

/// The beginning of a file, as a checksum: tells a file from another that got its inode, and a file that was emptied and
/// filled again from one that only grew.
public struct FileFingerprint: Sendable, Hashable {
  /// Bytes at most.
  public static let lengthLimit = 1024

  /// How many first bytes it covers; 0 for a file that was empty.
  public var length: Int
  /// Their CRC-32C.
  public var checksum: UInt32

  public init(length: Int, checksum: UInt32) {
    self.length = length
    self.checksum = checksum
  }

  public static let none = FileFingerprint(length: 0, checksum: 0)

  init(of bytes: UnsafeRawBufferPointer) {
    let head = UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.lengthLimit))
    self.init(length: head.count, checksum: CRC32C.checksum(head))
  }

  /// Whether a file with these first bytes (as many as it has, up to the limit) is the one this was taken of.
  func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard length <= bytes.count else { return false }
    return CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes.prefix(length))) == checksum
  }
}
