/// A place in a file between two records.
public struct FilePosition: Sendable, Hashable {
  /// The bytes before it are done.
  public var offset: Int64
  /// So many bytes of the line at `offset` were sent as a record although the line had no end yet.
  public var unterminated: Int64
  /// Whether `offset` is inside a line, behind a part of it.
  public var isInsideLine: Bool

  public init(offset: Int64, unterminated: Int64 = 0, isInsideLine: Bool = false) {
    self.offset = offset
    self.unterminated = unterminated
    self.isInsideLine = isInsideLine
  }

  public static let start = FilePosition(offset: 0)

  /// The end of what was sent.
  var sentEnd: Int64 { offset + unterminated }
}
