/// Guesses what a mistyped name was meant to be.
enum NearestName {
  /// The candidate with the fewest edits (Levenshtein); nil when none is close.
  static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
    var best: (name: String, distance: Int)?
    for candidate in candidates {
      let distance = distance(name, candidate)
      let tolerated = max(2, min(name.utf8.count, candidate.utf8.count) / 4)
      if distance <= tolerated, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  private static func distance(_ left: String, _ right: String) -> Int {
    let source = Array(left.utf8.prefix(80))
    let target = Array(right.utf8.prefix(80))
    var previous = Array(0...target.count)
    for row in source.indices {
      var current = [row + 1]
      for column in target.indices {
        let replaced = previous[column] + (source[row] == target[column] ? 0 : 1)
        current.append(min(replaced, previous[column + 1] + 1, current[column] + 1))
      }
      previous = current
    }
    return previous[target.count]
  }
}
