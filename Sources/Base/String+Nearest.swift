extension String {
  /// The number of single-character insertions, deletions, replacements and swaps of neighbours that lead to `other`
  /// (Damerau–Levenshtein, each part of the text edited once). Looks at the first 64 bytes of each.
  func editDistance(to other: String) -> Int {
    let source = Array(utf8.prefix(64))
    let target = Array(other.utf8.prefix(64))
    var beforePrevious: [Int] = []
    var previous = Array(0...target.count)
    for row in source.indices {
      var current = [row + 1]
      for column in target.indices {
        let replaced = previous[column] + (source[row] == target[column] ? 0 : 1)
        var best = Swift.min(replaced, previous[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, source[row] == target[column - 1], source[row - 1] == target[column] {
          best = Swift.min(best, beforePrevious[column - 1] + 1)
        }
        current.append(best)
      }
      beforePrevious = previous
      previous = current
    }
    return previous[target.count]
  }

  /// The candidate that was probably meant; nil when none is close.
  public func nearest(among candidates: some Sequence<String>) -> String? {
    var nearest: (name: String, distance: Int)?
    for candidate in candidates {
      let distance = lowercased().editDistance(to: candidate.lowercased())
      let tolerated = Swift.max(1, Swift.min(utf8.count, candidate.utf8.count) / 3)
      if distance <= tolerated, distance < nearest?.distance ?? .max { nearest = (candidate, distance) }
    }
    return nearest?.name
  }
}
