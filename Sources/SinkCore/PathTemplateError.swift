/// What is wrong with a path template.
public enum PathTemplateError: Error, Sendable, Hashable, CustomStringConvertible {
  case unknownPlaceholder(String)
  case unclosedBrace
  case strayBrace
  case relative
  case controlCharacter
  case parentDirectory
  case endsInDirectory
  case tooManyParts

  public var description: String {
    switch self {
    case .unknownPlaceholder(let name):
      "there is no placeholder {\(name)}; there are \(PathTemplate.placeholders.map { "{\($0)}" }.joined(separator: ", ")) "
        + "and {header.NAME} for any header"
    case .unclosedBrace: "a { is never closed; write {{ for a brace"
    case .strayBrace: "a } closes nothing; write }} for a brace"
    case .relative: "the path does not begin with \"/\"; write the whole path"
    case .controlCharacter: "the path has a control character"
    case .parentDirectory: "the path has a part \"..\"; write the path without it"
    case .tooManyParts: "the path has more than \(PathTemplate.partLimit) parts between slashes"
    case .endsInDirectory: "the path ends with \"/\"; add the name of a file, such as {basename}"
    }
  }
}
