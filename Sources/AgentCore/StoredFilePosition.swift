/// What is kept of one file over a restart.
public struct StoredFilePosition: Sendable, Hashable {
  public var path: String
  public var key: FileKey
  public var fingerprint: FileFingerprint
  /// Everything before it is acknowledged.
  public var position: FilePosition

  public init(path: String, key: FileKey, fingerprint: FileFingerprint, position: FilePosition) {
    self.path = path
    self.key = key
    self.fingerprint = fingerprint
    self.position = position
  }
}
