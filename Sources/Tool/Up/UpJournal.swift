/// The journal of this machine, as this user sees it.
public enum UpJournal: Sendable, Hashable {
  case readable
  case unreadable
  case absent

  /// Why it is left out; nil when it is not.
  public var problem: String? {
    switch self {
    case .readable: nil
    case .unreadable:
      "this machine's journal is left out, since this user may not read it; members of the group systemd-journal may"
    case .absent: "this machine's journal is left out, since there is none"
    }
  }
}
