import Base
import Coordination
import Testing

@Suite struct TopicPatternTests {
  @Test(arguments: [
    ("logs", "logs", "logs-a"), ("logs.*", "logs-a", "a-logs"), ("^logs-[a-c]+$", "logs-abc", "logs-abd"),
    ("(a|b)*c", "ababc", "abab"), ("a{2,3}", "aaa", "aaaa"), ("a{2}", "aa", "a"), ("x{,2}", "x{,2}", "xx"),
    ("[^a-z]+", "A1_", "A1a"), ("[[:digit:]._-]*", "1.2-3_4", "a"), ("[]a]", "a", "b"), ("[a-]", "-", "b"),
    (#"\d\w\.\S"#, "1a.z", "1a-z"), (#"a\b-b"#, "a-b", "ab"), (#"a\Bb"#, "ab", "a"), ("(?i)LOGS", "logs", "lags"),
    ("(?i:L)ogs", "logs", "lOgs"), ("a(?i)b|C", "c", "A"), ("(?P<name>a)b", "ab", "b"), ("(?<n>a)", "a", "b"),
    (#"\Qa.b\E+"#, "a.bb", "axb"), (#"\Qa+\E"#, "a+", "aa"), (#"\x61\x{62}\0"#, "ab\u{0}", "ab"), ("a??b", "b", "aab"),
    ("", "", "a"),
    ("(|a)(|b)", "ab", "ba"), (#"\Aa\z"#, "a", "ab"), ("a|", "", "b"), ("(?s-i)a.", "a-", "A-"),
    ("(a*)*b", "aaab", "aaa"), ("(?:){1000}a", "a", "b"), ("é|a", "a", "e"), ("[é-ü]|b", "b", "u"),
  ])
  func matchesWholeNames(_ pattern: String, yes: String, no: String) throws {
    let it = try TopicPattern(pattern)
    #expect(it.matches(yes))
    #expect(!it.matches(no))
  }

  @Test(arguments: [
    "(", ")", "a)", "[", "[a", "*", "a**", "+a", "(?=a)", "(?!a)", "(?<=a)b", "(?<!a)", #"(a)\1"#, #"\"#, #"\p{L}"#,
    #"\y"#, "[[:nothing:]]", "[z-a]", "a{3,2}", "a{1001}", "(?P<>a)", "(?z)a", #"\x{"#, "((a{1000}){1000}){1000}",
    "(((){1000}){1000}){1000}", String(repeating: "(", count: 200) + String(repeating: ")", count: 200),
    String(repeating: "a", count: 1025),
  ])
  func refuses(_ pattern: String) {
    let error = #expect(throws: TopicPatternError.self) { _ = try TopicPattern(pattern) }
    #expect(error?.description.contains("regular expression") == true)
  }

  /// What takes others exponential time takes steps in proportion to the name.
  @Test func nothingBacktracks() throws {
    let name = String(repeating: "a", count: 249)
    for pattern in ["(a+)+b", "(a|a)*b", "(a|aa)+b", "(.*)(.*)(.*)(.*)(.*)[^a]", "(a?){200}a{200}b"] {
      #expect(try !TopicPattern(pattern).matches(name))
    }
  }

  /// Against an obvious matcher, on small random expressions.
  @Test func agreesWithTheObvious() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("topic patterns: seed \(seed)")
    var random = SeededRandom(seed: seed)
    var matchCount = 0
    for _ in 0..<3000 {
      let node = Obvious.random(depth: 3, using: &random)
      let pattern = try TopicPattern(node.text)
      for _ in 0..<5 {
        let name = String(
          (0..<Int.random(in: 0..<6, using: &random)).map { _ in "ab".randomElement(using: &random) ?? "a" })
        let expected = node.ends(in: Array(name), from: 0).contains(name.count)
        if expected { matchCount += 1 }
        #expect(pattern.matches(name) == expected, "seed \(seed): \(node.text) on \(name)")
      }
    }
    #expect(matchCount > 500)
  }
}

/// A regular expression that is matched by trying everything.
private indirect enum Obvious {
  case character(Character)
  case any
  case sequence(Obvious, Obvious)
  case either(Obvious, Obvious)
  case many(Obvious)
  case maybe(Obvious)

  static func random(depth: Int, using random: inout SeededRandom) -> Obvious {
    switch Int.random(in: 0..<(depth == 0 ? 3 : 8), using: &random) {
    case 0: .character("a")
    case 1: .character("b")
    case 2: .any
    case 3, 4: .sequence(.random(depth: depth - 1, using: &random), .random(depth: depth - 1, using: &random))
    case 5: .either(.random(depth: depth - 1, using: &random), .random(depth: depth - 1, using: &random))
    case 6: .many(.random(depth: depth - 1, using: &random))
    default: .maybe(.random(depth: depth - 1, using: &random))
    }
  }

  var text: String {
    switch self {
    case .character(let character): String(character)
    case .any: "."
    case .sequence(let first, let second): first.text + second.text
    case .either(let first, let second): "(\(first.text)|\(second.text))"
    case .many(let node): "(\(node.text))*"
    case .maybe(let node): "(?:\(node.text))?"
    }
  }

  /// Where it can end that begins at `start`.
  func ends(in name: [Character], from start: Int) -> Set<Int> {
    switch self {
    case .character(let character): return start < name.count && name[start] == character ? [start + 1] : []
    case .any: return start < name.count ? [start + 1] : []
    case .sequence(let first, let second):
      return first.ends(in: name, from: start).reduce(into: []) { $0.formUnion(second.ends(in: name, from: $1)) }
    case .either(let first, let second):
      return first.ends(in: name, from: start).union(second.ends(in: name, from: start))
    case .maybe(let node): return node.ends(in: name, from: start).union([start])
    case .many(let node):
      var all: Set<Int> = [start]
      var next = all
      while !next.isEmpty {
        next = next.reduce(into: Set<Int>()) { $0.formUnion(node.ends(in: name, from: $1)) }.subtracting(all)
        all.formUnion(next)
      }
      return all
    }
  }
}
