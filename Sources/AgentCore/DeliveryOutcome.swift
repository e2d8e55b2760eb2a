/// What became of records that were sent.
public enum DeliveryOutcome: Sendable, Hashable {
  /// The broker has them, as safe as the topic asks for.
  case acknowledged
  /// The broker will never take them, and why. They are reported and stepped over.
  case refused(String)
  /// The producer gave up although they might be taken, and why. They are read and sent again.
  case failed(String)
}
