/// What is wrong with a glob.
public enum GlobError: Error, Sendable, Hashable, CustomStringConvertible {
  case notAbsolute
  case tooLong(limit: Int)
  case unclosedBracket
  case emptyRange
  case noFileName
  case trailingBackslash

  public var description: String {
    switch self {
    case .notAbsolute: "the path does not begin with /"
    case .tooLong(let limit): "the path has more than \(limit) characters"
    case .unclosedBracket: "a [ is never closed; write \\[ for a bracket"
    case .emptyRange: "a range in [ ] ends before it begins"
    case .noFileName: "the path names a directory; end it with the names of files, such as *.log"
    case .trailingBackslash: "the path ends with a backslash, which stands before a character taken as it is"
    }
  }
}
