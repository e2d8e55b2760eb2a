import Base

/// How the directories of partitions are named below a data directory.
public enum LogDirectoryName {
  /// `topic-0`
  public static func current(_ partition: TopicPartition) -> String { partition.description }

  /// `topic-0.0123456789abcdef0123456789abcdef-delete`: what a deleted partition is renamed to until its files are
  /// gone. A long topic is cut so that the name keeps to the 255 bytes of a file name.
  public static func deleted(_ partition: TopicPartition, unique: UUID) -> String {
    let suffix = "-\(partition.partition).\(hexadecimal(unique.high))\(hexadecimal(unique.low))-delete"
    return String(partition.topic.prefix(255 - suffix.utf8.count)) + suffix
  }

  public static func isDeleted(_ name: String) -> Bool { name.hasSuffix("-delete") }

  /// The partition a directory belongs to; nil for deleted ones and for names that are none of ours.
  public static func parse(_ name: String) -> TopicPartition? {
    guard !isDeleted(name), let dash = name.utf8.lastIndex(of: UInt8(ascii: "-")), dash != name.startIndex else {
      return nil
    }
    let digits = name[name.index(after: dash)...]
    guard let partition = Int32(digits), partition >= 0, String(partition) == digits else { return nil }
    return TopicPartition(String(name[..<dash]), partition)
  }

  private static func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
