/// What a producer did with a record it was given.
public enum SendOutcome: Sendable, Hashable {
  /// It was taken and a `Delivery` will tell what became of it.
  case accepted
  /// The buffer is full: try again when told that there is room.
  case full
  /// The partitions of the topic are not known (yet): try again when told so. Other topics may go on.
  case topicNotReady
  /// The record is larger than `recordSizeLimit` and will never be taken.
  case tooLarge
  /// The topic has no such partition.
  case noSuchPartition
  /// The producer was closed.
  case closed
}
