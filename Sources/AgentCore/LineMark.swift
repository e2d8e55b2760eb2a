/// What is special about a record that is not simply one line: the value of its header `line`.
public struct LineMark: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8

  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The name of the header.
  public static let headerName = "line"

  /// A piece of a line that is too long for one record; the next piece follows.
  public static let part = LineMark(rawValue: 1)
  /// The last piece of such a line.
  public static let lastPart = LineMark(rawValue: 2)
  /// The last line of the file, which had no line end when it was sent.
  public static let unterminated = LineMark(rawValue: 4)
  /// A whole line whose beginning was sent before, as `unterminated`.
  public static let completed = LineMark(rawValue: 8)
  /// An entry some of whose fields were too large for a record and are missing from it.
  public static let cut = LineMark(rawValue: 16)

  /// The header's value: `last-part,unterminated`.
  public var text: String {
    let names: [(LineMark, String)] = [
      (.part, "part"), (.lastPart, "last-part"), (.unterminated, "unterminated"), (.completed, "completed"),
      (.cut, "cut"),
    ]
    return names.filter { contains($0.0) }.map(\.1).joined(separator: ",")
  }
}
