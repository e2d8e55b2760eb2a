import ClientCore

extension StartPosition {
  /// Reads `beginning`, `end`, an offset, a time (RFC 3339) or how long ago (`-1h`); nil for anything else.
  ///
  /// - Parameter now: milliseconds since 1970-01-01 UTC.
  public init?(text: String, now: Int64) {
    switch text {
    case "beginning": self = .beginning
    case "end": self = .end
    default:
      if let offset = Int64(text), offset >= 0 {
        self = .offset(offset)
      } else if text.hasPrefix("-"), let ago = DurationText.milliseconds(text.dropFirst()) {
        self = .time(max(0, now - min(ago, max(0, now))))
      } else if let time = TimeText.milliseconds(text), time >= 0 {
        self = .time(time)
      } else {
        return nil
      }
    }
  }

  /// What completes the sentence "expected …".
  public static let textForms =
    "beginning, end, an offset such as 1200, a time such as 2026-11-24T05:17:29Z, or how long ago, such as -1h or -30min"
}
