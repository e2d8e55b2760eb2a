/// How a `FileSink` writes.
public struct FileSinkSettings: Sendable, Hashable {
  /// The consumer group whose offsets are kept.
  public var group: String
  public var path: PathTemplate
  public var format: RecordFormat
  /// Where the checkpoint is kept; its directory exists.
  public var stateDirectory: String
  /// Bytes to collect before a flush, a last record excepted.
  public var bufferSize: Int
  /// Files open at a time, which is also how many may be written with one flush; at least 1.
  public var openFileLimit: Int

  public init(
    group: String, path: PathTemplate, format: RecordFormat, stateDirectory: String, bufferSize: Int, openFileLimit: Int
  ) {
    self.group = group
    self.path = path
    self.format = format
    self.stateDirectory = stateDirectory
    self.bufferSize = bufferSize
    self.openFileLimit = openFileLimit
  }
}
