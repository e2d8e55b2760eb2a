/// A part of a pattern of one name.
enum GlobToken: Sendable, Hashable {
  case scalar(Unicode.Scalar)
  /// `?`
  case any
  /// `*`
  case star
  /// `[a-z]`
  case set([ClosedRange<Unicode.Scalar>], negated: Bool)

  /// Whether `name` is one of those meant. Takes time in proportion to both lengths, whatever the pattern.
  static func matches(_ tokens: [GlobToken], _ name: String) -> Bool {
    let scalars = Array(name.unicodeScalars)
    if scalars.first == "." {
      guard case .scalar(".") = tokens.first else { return false }
    }
    var token = 0
    var place = 0
    // Where to go on when the last star has to take one character more.
    var star: (token: Int, place: Int)?
    while place < scalars.count {
      if token < tokens.count, case .star = tokens[token] {
        token += 1
        star = (token, place)
      } else if token < tokens.count, tokens[token].matches(scalars[place]) {
        token += 1
        place += 1
      } else if let last = star {
        star = (last.token, last.place + 1)
        token = last.token
        place = last.place + 1
      } else {
        return false
      }
    }
    return tokens[token...].allSatisfy { $0 == .star }
  }

  private func matches(_ scalar: Unicode.Scalar) -> Bool {
    switch self {
    case .scalar(let expected): scalar == expected
    case .any, .star: true
    case .set(let ranges, let negated): ranges.contains { $0.contains(scalar) } != negated
    }
  }
}
