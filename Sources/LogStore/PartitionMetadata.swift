import Base

/// `partition.metadata` in a partition's directory: the id of the topic it belongs to.
public enum PartitionMetadata {
  public static let name = "partition.metadata"

  /// The topic id; nil when there is no such file or it is damaged.
  public static func read<Files: FileSystem>(in directory: String, files: Files) throws(FileError) -> UUID? {
    guard let content = try files.readWhole("\(directory)/\(name)", limit: 4096) else { return nil }
    let lines = String(decoding: content, as: UTF8.self).split(separator: "\n")
    guard lines.count == 2, lines[0] == "version: 0", lines[1].hasPrefix("topic_id: ") else { return nil }
    return UUID(lines[1].dropFirst("topic_id: ".count))
  }

  /// Blocks for two flushes of the disk.
  public static func write<Files: FileSystem>(
    _ topicID: UUID, in directory: String, files: Files
  ) throws(FileError) {
    try files.replaceWhole("\(directory)/\(name)", with: Array("version: 0\ntopic_id: \(topicID)\n".utf8))
  }
}
