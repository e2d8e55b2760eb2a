/// A pattern of absolute paths (glob(7)): `*` and `?` within a name, `[a-z]` and `[!a-z]`, `\` before a character taken as
/// it is, and `**` as a whole name for any number of directories. A `*`, `?` or `[` does not match a leading dot.
public struct GlobPattern: Sendable, Hashable {
  enum Component: Sendable, Hashable {
    case literal(String)
    case wildcard([GlobToken])
    case anyDepth
  }

  public static let lengthLimit = 4096

  /// As it was written.
  public let text: String
  let components: [Component]

  public init(_ text: String) throws(GlobError) {
    guard text.utf8.count <= Self.lengthLimit else { throw .tooLong(limit: Self.lengthLimit) }
    guard text.utf8.first == UInt8(ascii: "/") else { throw .notAbsolute }
    self.text = text
    var components: [Component] = []
    for name in text.split(separator: "/") where name != "." {
      let component = try Self.component(String(name))
      if component != .anyDepth || components.last != .anyDepth { components.append(component) }
    }
    if components.last == .anyDepth { components.append(.wildcard([.star])) }
    guard !components.isEmpty, text.utf8.last != UInt8(ascii: "/") else { throw .noFileName }
    self.components = components
  }

  private static func component(_ name: String) throws(GlobError) -> Component {
    if name == "**" { return .anyDepth }
    var tokens: [GlobToken] = []
    var rest = Substring(name).unicodeScalars
    while let scalar = rest.popFirst() {
      switch scalar {
      case "*": if tokens.last != .star { tokens.append(.star) }
      case "?": tokens.append(.any)
      case "[": tokens.append(try set(&rest))
      case "\\":
        guard let next = rest.popFirst() else { throw .trailingBackslash }
        tokens.append(.scalar(next))
      default: tokens.append(.scalar(scalar))
      }
    }
    var literal = String.UnicodeScalarView()
    for token in tokens {
      guard case .scalar(let scalar) = token else { return .wildcard(tokens) }
      literal.append(scalar)
    }
    return .literal(String(literal))
  }

  private static func set(_ rest: inout Substring.UnicodeScalarView) throws(GlobError) -> GlobToken {
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    let negated = rest.first == "!" || rest.first == "^"
    if negated { rest.removeFirst() }
    while let scalar = rest.popFirst() {
      // A bracket right after the opening one stands for itself.
      if scalar == "]" && !ranges.isEmpty { return .set(ranges, negated: negated) }
      var ahead = rest
      if ahead.popFirst() == "-", let last = ahead.popFirst(), last != "]" {
        guard scalar <= last else { throw .emptyRange }
        ranges.append(scalar...last)
        rest = ahead
      } else {
        ranges.append(scalar...scalar)
      }
    }
    throw .unclosedBracket
  }

  /// Whether an absolute path without `.`, `..` or double slashes is one of those meant.
  public func matches(_ path: String) -> Bool {
    matches(path.split(separator: "/").map(String.init)[...], components[...])
  }

  private func matches(_ names: ArraySlice<String>, _ components: ArraySlice<Component>) -> Bool {
    guard let component = components.first else { return names.isEmpty }
    switch component {
    case .anyDepth:
      let rest = components.dropFirst()
      return (names.startIndex...names.endIndex).contains { start in
        let skipped = names[names.startIndex..<start]
        return !skipped.contains { $0.utf8.first == UInt8(ascii: ".") } && matches(names[start...], rest)
      }
    case .literal(let literal):
      return names.first == literal && matches(names.dropFirst(), components.dropFirst())
    case .wildcard(let tokens):
      guard let name = names.first, GlobToken.matches(tokens, name) else { return false }
      return matches(names.dropFirst(), components.dropFirst())
    }
  }
}
