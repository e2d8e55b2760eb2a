/// Kafka's rules for topic names.
public enum TopicName {
  public static let byteLimit = 249
  package static let groupOffsets = "__consumer_offsets"
  static let transactionState = "__transaction_state"

  /// What is wrong with a name, in words; nil for a valid one.
  public static func fault(of name: String) -> String? {
    if name.isEmpty { return "the topic name is empty" }
    if name == "." || name == ".." { return "the topic name cannot be \".\" or \"..\"" }
    if name.utf8.count > byteLimit {
      return "the topic name has \(name.utf8.count) characters, at most \(byteLimit) are allowed"
    }
    let isLegal = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    return isLegal ? nil : "the topic name has characters other than letters, digits, '.', '_' and '-'"
  }

  static func isInternal(_ name: String) -> Bool { name == groupOffsets || name == transactionState }

  /// Names that are the same by this one would be the same in metric names (KAFKA-2337).
  static func collisionKey(_ name: String) -> String {
    String(decoding: name.utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
  }
}
