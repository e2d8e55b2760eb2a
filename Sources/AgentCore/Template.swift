/// Text with placeholders, such as `{host}:{path}`. Two braces stand for one.
public struct Template: Sendable, Hashable {
  private enum Part: Sendable, Hashable {
    case literal(String)
    /// An index into the placeholders there are.
    case placeholder(Int)
  }

  /// As it was written.
  public let text: String
  private let parts: [Part]

  /// `placeholders` are the names there are; `render` takes their values in the same order.
  public init(_ text: String, placeholders: [String]) throws(TemplateError) {
    self.text = text
    var parts: [Part] = []
    var literal = String.UnicodeScalarView()
    var rest = Substring(text).unicodeScalars
    while let scalar = rest.popFirst() {
      guard scalar == "{" || scalar == "}" else {
        literal.append(scalar)
        continue
      }
      if rest.first == scalar {
        rest.removeFirst()
        literal.append(scalar)
        continue
      }
      guard scalar == "{" else { throw .strayBrace }
      guard let end = rest.firstIndex(of: "}") else { throw .unclosedBrace }
      let name = String(rest[..<end])
      guard let index = placeholders.firstIndex(of: name) else {
        throw .unknownPlaceholder(name, known: placeholders)
      }
      if !literal.isEmpty { parts.append(.literal(String(literal))) }
      literal = String.UnicodeScalarView()
      parts.append(.placeholder(index))
      rest = rest[rest.index(after: end)...]
    }
    if !literal.isEmpty { parts.append(.literal(String(literal))) }
    self.parts = parts
  }

  /// The text with each placeholder replaced; a value that is missing counts as empty.
  public func render(_ values: [String]) -> String {
    parts.reduce(into: "") { text, part in
      switch part {
      case .literal(let literal): text += literal
      case .placeholder(let index): text += index < values.count ? values[index] : ""
      }
    }
  }

  /// Whether it always renders the same.
  public var isConstant: Bool {
    parts.allSatisfy { part in
      if case .literal = part { true } else { false }
    }
  }
}
