/// Kafka's rule for names of topics.
public enum TopicName {
  /// Why this cannot be the name of a topic; nil when it can.
  public static func problem(of name: some StringProtocol) -> String? {
    if name.isEmpty { return "a topic's name is not empty" }
    if name == "." || name == ".." { return "\"\(name)\" cannot be the name of a topic" }
    guard name.utf8.count <= 249 else {
      return "a topic's name has at most 249 bytes, this has \(name.utf8.count)"
    }
    let isAllowed = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    return isAllowed ? nil : "\"\(name)\" cannot be the name of a topic: a-z, A-Z, 0-9, '.', '_' and '-' are allowed"
  }
}
