/// A regular expression as it was read.
indirect enum TopicPatternNode: Sendable {
  case empty
  case set(ASCIISet)
  case assertion(TopicPatternAssertion)
  case sequence([TopicPatternNode])
  case alternatives([TopicPatternNode])
  /// `most` nil: any number.
  case repetition(TopicPatternNode, least: Int, most: Int?)
}

/// What can be asked of a place between two characters.
enum TopicPatternAssertion: Sendable {
  case start
  case end
  case wordBoundary
  case noWordBoundary
}
