/// What a source's turn came to.
public enum SourceTurn: Sendable, Hashable {
  /// It has nothing to send now.
  case nothing
  /// There may be more.
  case more
  /// The sink has no room.
  case full
}
