/// The names that topics may have (Kafka's rule): 1 to 249 of `a-z A-Z 0-9 . _ -`, but not `.` or `..`.
public enum TopicName {
  public static let lengthLimit = 249

  /// A topic name made of any text: each other character becomes `_`, and what is too long is cut.
  public static func sanitized(_ text: String) -> String {
    var name = ""
    for scalar in text.unicodeScalars.prefix(lengthLimit) {
      name += isAllowed(scalar) ? String(scalar) : "_"
    }
    return ["", ".", ".."].contains(name) ? "_" : name
  }

  public static func isValid(_ text: String) -> Bool { sanitized(text) == text }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": true
    default: false
    }
  }
}
