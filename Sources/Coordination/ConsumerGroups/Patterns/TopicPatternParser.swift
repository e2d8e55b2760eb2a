/// Reads a regular expression.
struct TopicPatternParser {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  private var ignoresCase = false

  init(_ text: String) throws(TopicPatternError) {
    bytes = Array(text.utf8)
    guard bytes.count <= TopicPattern.byteLimit else {
      throw TopicPatternError(
        problem: "it has \(bytes.count) bytes, at most \(TopicPattern.byteLimit) are allowed", position: 0)
    }
  }

  mutating func parse() throws(TopicPatternError) -> TopicPatternNode {
    let node = try alternatives()
    guard position == bytes.count else { throw error("a ) without a (") }
    return node
  }

  private func error(_ problem: String) -> TopicPatternError {
    TopicPatternError(problem: problem, position: position)
  }

  private var peeked: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peeked == byte else { return false }
    position += 1
    return true
  }

  private mutating func take(_ text: String) -> Bool {
    guard bytes[position...].starts(with: text.utf8) else { return false }
    position += text.utf8.count
    return true
  }

  private mutating func alternatives() throws(TopicPatternError) -> TopicPatternNode {
    depth += 1
    guard depth <= TopicPattern.depthLimit else {
      throw error("groups lie more than \(TopicPattern.depthLimit) deep")
    }
    let before = ignoresCase
    var nodes = [try sequence()]
    while take(UInt8(ascii: "|")) { nodes.append(try sequence()) }
    ignoresCase = before
    depth -= 1
    return nodes.count == 1 ? nodes[0] : .alternatives(nodes)
  }

  private mutating func sequence() throws(TopicPatternError) -> TopicPatternNode {
    var nodes: [TopicPatternNode] = []
    while let byte = peeked, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
      if take("\\Q") {
        // What is behind the quotation counts for its last character.
        var last: TopicPatternNode?
        while position < bytes.count, !take("\\E") {
          if let last { nodes.append(last) }
          last = literal(bytes[position])
        }
        if let last { nodes.append(try repeated(last)) }
        continue
      }
      guard let node = try atom() else { continue }
      nodes.append(try repeated(node))
    }
    return nodes.isEmpty ? .empty : .sequence(nodes)
  }

  private mutating func literal(_ byte: UInt8) -> TopicPatternNode {
    position += 1
    return literal(of: byte)
  }

  private func literal(of byte: UInt8) -> TopicPatternNode {
    var set = ASCIISet()
    set.insert(byte)
    return .set(ignoresCase ? set.ignoringCase : set)
  }

  /// nil: it was flags.
  private mutating func atom() throws(TopicPatternError) -> TopicPatternNode? {
    guard let byte = peeked else { return .empty }
    switch byte {
    case UInt8(ascii: "("): return try group()
    case UInt8(ascii: "["): return .set(try bracket())
    case UInt8(ascii: "."):
      position += 1
      // That a newline is none of them makes no difference to names of topics.
      return .set(.all)
    case UInt8(ascii: "^"):
      position += 1
      return .assertion(.start)
    case UInt8(ascii: "$"):
      position += 1
      return .assertion(.end)
    case UInt8(ascii: "\\"): return try escape()
    case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
      throw error("there is nothing to repeat before \(Character(UnicodeScalar(byte)))")
    default: return literal(byte)
    }
  }

  private mutating func group() throws(TopicPatternError) -> TopicPatternNode? {
    position += 1
    let before = ignoresCase
    if take("?") {
      if take("P<") || (bytes[position...].starts(with: "<".utf8) && !isLookBehind) {
        if peeked == UInt8(ascii: "<") { position += 1 }
        try groupName()
      } else if try flags() {
        return nil
      }
    }
    let node = try alternatives()
    guard take(UInt8(ascii: ")")) else { throw error("a ( without a )") }
    ignoresCase = before
    return node
  }

  private var isLookBehind: Bool {
    bytes[position...].starts(with: "<=".utf8) || bytes[position...].starts(with: "<!".utf8)
  }

  private mutating func groupName() throws(TopicPatternError) {
    let start = position
    while let byte = peeked, ASCIISet.word.contains(byte) { position += 1 }
    guard position > start, take(UInt8(ascii: ">")) else {
      throw error("a group's name has to be a word and end with >")
    }
  }

  /// Reads `i`, `s`, `m`, `U`, the last after `-` turned off; true when they hold for the rest of the group around them.
  private mutating func flags() throws(TopicPatternError) -> Bool {
    var isOn = true
    while let byte = peeked {
      position += 1
      switch byte {
      case UInt8(ascii: "i"): ignoresCase = isOn
      // None of them changes what whole names of topics match.
      case UInt8(ascii: "s"), UInt8(ascii: "m"), UInt8(ascii: "U"): break
      case UInt8(ascii: "-"): isOn = false
      case UInt8(ascii: ":"): return false
      case UInt8(ascii: ")"): return true
      default:
        position -= 1
        throw error("looking around and other groups that begin so are not supported")
      }
    }
    throw error("a ( without a )")
  }

  private mutating func repeated(_ node: TopicPatternNode) throws(TopicPatternError) -> TopicPatternNode {
    guard let (least, most) = try quantifier() else { return node }
    _ = take(UInt8(ascii: "?"))
    if let next = peeked, ASCIISet("*+?").contains(next) {
      throw error("there is nothing to repeat before \(Character(UnicodeScalar(next)))")
    }
    return .repetition(node, least: least, most: most)
  }

  private mutating func quantifier() throws(TopicPatternError) -> (least: Int, most: Int?)? {
    if take(UInt8(ascii: "*")) { return (0, nil) }
    if take(UInt8(ascii: "+")) { return (1, nil) }
    if take(UInt8(ascii: "?")) { return (0, 1) }
    let start = position
    guard take(UInt8(ascii: "{")) else { return nil }
    guard let least = try number() else {
      // As in RE2 what is no count is itself.
      position = start
      return nil
    }
    var most: Int? = least
    if take(UInt8(ascii: ",")) { most = try number() }
    guard take(UInt8(ascii: "}")) else {
      position = start
      return nil
    }
    if let most, most < least { throw error("the first number of a count is the larger one") }
    return (least, most)
  }

  private mutating func number() throws(TopicPatternError) -> Int? {
    var value: Int?
    while let byte = peeked, ASCIISet.digits.contains(byte) {
      position += 1
      value = (value ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
      guard value ?? 0 <= TopicPattern.repetitionLimit else {
        throw error("a count is larger than \(TopicPattern.repetitionLimit)")
      }
    }
    return value
  }
}

extension TopicPatternParser {
  private mutating func escape() throws(TopicPatternError) -> TopicPatternNode {
    position += 1
    guard let byte = peeked else { throw error("there is nothing behind the last \\") }
    switch byte {
    case UInt8(ascii: "A"):
      position += 1
      return .assertion(.start)
    case UInt8(ascii: "z"):
      position += 1
      return .assertion(.end)
    case UInt8(ascii: "b"):
      position += 1
      return .assertion(.wordBoundary)
    case UInt8(ascii: "B"):
      position += 1
      return .assertion(.noWordBoundary)
    case UInt8(ascii: "E"):
      position += 1
      return .empty
    default:
      if let set = escapedClass(byte) { return .set(set) }
      guard let character = try escapedCharacter(byte) else { return .set(ASCIISet()) }
      return literal(of: character)
    }
  }

  private mutating func escapedClass(_ byte: UInt8) -> ASCIISet? {
    let set: ASCIISet
    switch byte {
    case UInt8(ascii: "d"): set = .digits
    case UInt8(ascii: "D"): set = ASCIISet.digits.inverted
    case UInt8(ascii: "w"): set = .word
    case UInt8(ascii: "W"): set = ASCIISet.word.inverted
    case UInt8(ascii: "s"): set = .space
    case UInt8(ascii: "S"): set = ASCIISet.space.inverted
    default: return nil
    }
    position += 1
    return set
  }

  /// nil: one that no topic's name has.
  private mutating func escapedCharacter(_ byte: UInt8) throws(TopicPatternError) -> UInt8? {
    switch byte {
    case UInt8(ascii: "a"): return control(7)
    case UInt8(ascii: "t"): return control(9)
    case UInt8(ascii: "n"): return control(10)
    case UInt8(ascii: "v"): return control(11)
    case UInt8(ascii: "f"): return control(12)
    case UInt8(ascii: "r"): return control(13)
    case UInt8(ascii: "0"): return octal()
    case UInt8(ascii: "x"): return try hexadecimal()
    case UInt8(ascii: "p"), UInt8(ascii: "P"), UInt8(ascii: "C"), UInt8(ascii: "1")...UInt8(ascii: "9"):
      throw error("\\\(Character(UnicodeScalar(byte))) is not supported")
    default:
      guard !ASCIISet.letters.contains(byte) else {
        throw error("\\\(Character(UnicodeScalar(byte))) means nothing")
      }
      return control(byte)
    }
  }

  private mutating func control(_ byte: UInt8) -> UInt8 {
    position += 1
    return byte
  }

  private mutating func octal() -> UInt8? {
    var value = 0
    var count = 0
    while count < 3, let byte = peeked, (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte) {
      value = value * 8 + Int(byte - UInt8(ascii: "0"))
      position += 1
      count += 1
    }
    return value < 128 ? UInt8(value) : nil
  }

  private mutating func hexadecimal() throws(TopicPatternError) -> UInt8? {
    position += 1
    let isBraced = take(UInt8(ascii: "{"))
    var value = 0
    var count = 0
    while count < (isBraced ? 8 : 2), let byte = peeked, let digit = Character(UnicodeScalar(byte)).hexDigitValue {
      value = value * 16 + digit
      position += 1
      count += 1
    }
    let isWhole = isBraced ? count > 0 && take(UInt8(ascii: "}")) : count == 2
    guard isWhole, value <= 0x10FFFF else { throw error("\\x is followed by two hexadecimal digits or some in {}") }
    return value < 128 ? UInt8(value) : nil
  }

  private mutating func bracket() throws(TopicPatternError) -> ASCIISet {
    position += 1
    let isNegated = take(UInt8(ascii: "^"))
    var set = ASCIISet()
    var isFirst = true
    while true {
      guard let byte = peeked else { throw error("a [ without a ]") }
      if byte == UInt8(ascii: "]"), !isFirst { break }
      isFirst = false
      if take("[:") {
        set = set.union(try namedClass())
        continue
      }
      if byte == UInt8(ascii: "\\") {
        position += 1
        guard let escaped = peeked else { throw error("a [ without a ]") }
        if let known = escapedClass(escaped) {
          set = set.union(known)
          continue
        }
        position -= 1
      }
      let first = try bracketCharacter()
      guard peeked == UInt8(ascii: "-"), position + 1 < bytes.count, bytes[position + 1] != UInt8(ascii: "]") else {
        if let first { set.insert(first) }
        continue
      }
      position += 1
      let last = try bracketCharacter() ?? 127
      // From beyond ASCII to beyond ASCII: no name has any of them.
      guard let first else { continue }
      guard first <= last else { throw error("a range of characters begins behind its end") }
      set = set.union(ASCIISet(first...last))
    }
    position += 1
    if ignoresCase { set = set.ignoringCase }
    return isNegated ? set.inverted : set
  }

  /// nil: one that no topic's name has.
  private mutating func bracketCharacter() throws(TopicPatternError) -> UInt8? {
    guard let byte = peeked else { throw error("a [ without a ]") }
    position += 1
    if byte == UInt8(ascii: "\\") {
      guard let escaped = peeked else { throw error("a [ without a ]") }
      return try escapedCharacter(escaped)
    }
    guard byte >= 128 else { return byte }
    // The rest of its bytes.
    while let next = peeked, next & 0xC0 == 0x80 { position += 1 }
    return nil
  }

  private mutating func namedClass() throws(TopicPatternError) -> ASCIISet {
    let isNegated = take(UInt8(ascii: "^"))
    let start = position
    while let byte = peeked, ASCIISet.letters.contains(byte) { position += 1 }
    let name = String(decoding: bytes[start..<position], as: UTF8.self)
    guard take(":]"), let set = Self.namedClasses[name] else { throw error("there is no class [:\(name):]") }
    return isNegated ? set.inverted : set
  }

  private static let namedClasses: [String: ASCIISet] = [
    "alnum": ASCIISet.letters.union(.digits), "alpha": .letters, "ascii": .all, "blank": ASCIISet("\t "),
    "cntrl": ASCIISet(0...31).union(ASCIISet(127...127)), "digit": .digits, "graph": ASCIISet(33...126),
    "lower": .lower,
    "print": ASCIISet(32...126),
    "punct": ASCIISet(33...47).union(ASCIISet(58...64)).union(ASCIISet(91...96))
      .union(ASCIISet(123...126)), "space": ASCIISet.space.union(ASCIISet("\u{0B}")), "upper": .upper, "word": .word,
    "xdigit": ASCIISet.digits.union(ASCIISet("ABCDEFabcdef")),
  ]
}
