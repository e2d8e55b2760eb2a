/// What is wrong with a template.
public enum TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
  case unknownPlaceholder(String, known: [String])
  case unclosedBrace
  case strayBrace

  public var description: String {
    switch self {
    case .unknownPlaceholder(let name, let known):
      "there is no placeholder {\(name)}; there are \(known.map { "{\($0)}" }.joined(separator: ", "))"
    case .unclosedBrace: "a { is never closed; write {{ for a brace"
    case .strayBrace: "a } closes nothing; write }} for a brace"
    }
  }
}
