/// A regular expression over names of topics, in the syntax of RE2 (https://github.com/google/re2/wiki/Syntax), matched
/// against the whole name in time proportional to its length times that of the expression: no expression takes longer.
///
/// Literals, `.`, classes (`[a-z]`, `[^…]`, `[[:alpha:]]`), `\d \w \s` and their opposites, groups with and without names,
/// alternatives, `* + ? {n,m}` and their lazy forms, `^ $ \A \z \b \B`, `\Q…\E`, escapes, and the flags `i`, `s`, `m`, `U`
/// are known. As in RE2 there are no back references and no looking around; Unicode classes (`\p{…}`) are refused, since
/// names of topics are ASCII.
public struct TopicPattern: Sendable {
  /// Bytes of an expression.
  public static let byteLimit = 1024
  /// Steps of the program that it is made into.
  static let instructionLimit = 2000
  /// Repetitions that may be counted, as RE2's.
  static let repetitionLimit = 1000
  /// Groups within groups.
  static let depthLimit = 100

  private enum Instruction {
    case set(ASCIISet)
    case assertion(TopicPatternAssertion)
    /// Goes on at both.
    case split(Int, Int)
    case jump(Int)
    case match
  }

  private var program: [Instruction] = []
  /// Nodes that may still be looked at while the program is made, so that empty ones cannot be repeated without end.
  private var budget = 20_000

  public init(_ text: String) throws(TopicPatternError) {
    var parser = try TopicPatternParser(text)
    try emit(try parser.parse())
    program.append(.match)
  }

  private mutating func add(_ instruction: Instruction) throws(TopicPatternError) -> Int {
    guard program.count < Self.instructionLimit else { throw Self.tooLarge }
    program.append(instruction)
    return program.count - 1
  }

  private static var tooLarge: TopicPatternError {
    TopicPatternError(problem: "it takes more than \(instructionLimit) steps to match", position: 0)
  }

  private mutating func emit(_ node: TopicPatternNode) throws(TopicPatternError) {
    budget -= 1
    guard budget > 0 else { throw Self.tooLarge }
    switch node {
    case .empty: break
    case .set(let set): _ = try add(.set(set))
    case .assertion(let assertion): _ = try add(.assertion(assertion))
    case .sequence(let nodes): for node in nodes { try emit(node) }
    case .alternatives(let nodes): try emit(alternatives: nodes)
    case .repetition(let node, let least, let most):
      for _ in 0..<least { try emit(node) }
      if let most { try emit(node, atMost: most - least) } else { try emit(anyNumberOf: node) }
    }
  }

  private mutating func emit(alternatives nodes: [TopicPatternNode]) throws(TopicPatternError) {
    var ends: [Int] = []
    for (place, node) in nodes.enumerated() {
      guard place < nodes.count - 1 else {
        try emit(node)
        break
      }
      let split = try add(.jump(0))
      try emit(node)
      ends.append(try add(.jump(0)))
      program[split] = .split(split + 1, program.count)
    }
    for end in ends { program[end] = .jump(program.count) }
  }

  private mutating func emit(_ node: TopicPatternNode, atMost count: Int) throws(TopicPatternError) {
    var splits: [Int] = []
    for _ in 0..<count {
      splits.append(try add(.jump(0)))
      try emit(node)
    }
    for split in splits { program[split] = .split(split + 1, program.count) }
  }

  private mutating func emit(anyNumberOf node: TopicPatternNode) throws(TopicPatternError) {
    let split = try add(.jump(0))
    try emit(node)
    _ = try add(.jump(split))
    program[split] = .split(split + 1, program.count)
  }

  /// Whether it matches all of the name.
  public func matches(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    var current = Threads(program.count)
    var next = Threads(program.count)
    follow(0, into: &current, before: nil, after: bytes.first)
    for (place, byte) in bytes.enumerated() {
      if current.list.isEmpty { return false }
      let after = place + 1 < bytes.count ? bytes[place + 1] : nil
      for index in current.list {
        if case .set(let set) = program[index], set.contains(byte) {
          follow(index + 1, into: &next, before: byte, after: after)
        }
      }
      swap(&current, &next)
      next.removeAll()
    }
    return current.list.contains { if case .match = program[$0] { true } else { false } }
  }

  /// Places of the program, each once.
  private struct Threads {
    var list: [Int] = []
    private var isPresent: [Bool]

    init(_ count: Int) {
      isPresent = Array(repeating: false, count: count)
    }

    mutating func insert(_ place: Int) -> Bool {
      if isPresent[place] { return false }
      isPresent[place] = true
      list.append(place)
      return true
    }

    mutating func removeAll() {
      for place in list { isPresent[place] = false }
      list.removeAll(keepingCapacity: true)
    }
  }

  /// Adds a place, and all that can be reached from it without another character.
  private func follow(_ start: Int, into threads: inout Threads, before: UInt8?, after: UInt8?) {
    var pending = [start]
    while let place = pending.popLast() {
      guard threads.insert(place) else { continue }
      switch program[place] {
      case .jump(let target): pending.append(target)
      case .split(let first, let second):
        pending.append(second)
        pending.append(first)
      case .assertion(let assertion):
        if Self.holds(assertion, before, after) { pending.append(place + 1) }
      case .set, .match: break
      }
    }
  }

  private static func holds(_ assertion: TopicPatternAssertion, _ before: UInt8?, _ after: UInt8?) -> Bool {
    let isBoundary = (before.map(ASCIISet.word.contains) ?? false) != (after.map(ASCIISet.word.contains) ?? false)
    return switch assertion {
    case .start: before == nil
    case .end: after == nil
    case .wordBoundary: isBoundary
    case .noWordBoundary: !isBoundary
    }
  }
}
