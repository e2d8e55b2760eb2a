import Base

/// `partition.metadata` in a partition's directory: the id of the topic it belongs to.
public enum PartitionMetadata {
  public static let name = "partition.metadata"

  /// The topic id; nil when there is no such file or it is damaged.
  public static func read<Files: FileSystem>(in directory: String, files: Files) throws(FileError) -> UUID? {
    let path = "\(directory)/\(name)"
    guard let status = try files.status(path: path), status.size <= 4096,
      let content = try files.readWhole(path, limit: 4096)
    else { return nil }
    let lines = String(decoding: content, as: UTF8.self).split(separator: "\n")
    guard lines.count == 2, lines[0] == "version: 0", lines[1].hasPrefix("topic_id: ") else { return nil }
    return UUID(lines[1].dropFirst("topic_id: ".count))
  }

  /// How the file agrees with the id that the topic has.
  public enum Agreement: Sendable, Hashable {
    case same
    case missing
    /// It names nothing, or an id that differs in a character or two: ids are random, so that no other topic's does.
    case damaged
    case other
  }

  public static func agreement<Files: FileSystem>(
    with topicID: UUID, in directory: String, files: Files
  ) throws(FileError) -> Agreement {
    guard try files.status(path: "\(directory)/\(name)") != nil else { return .missing }
    guard let found = try read(in: directory, files: files) else { return .damaged }
    if found == topicID { return .same }
    let differences = zip(found.description, topicID.description).filter { $0 != $1 }.count
    return differences <= 2 ? .damaged : .other
  }

  /// Not synced, so that thousands of partitions may be created at once; a power loss may leave none.
  public static func write<Files: FileSystem>(
    _ topicID: UUID, in directory: String, files: Files
  ) throws(FileError) {
    let file = try files.open("\(directory)/\(name)", .replace)
    defer { files.close(file) }
    let content = Array("version: 0\ntopic_id: \(topicID)\n".utf8)
    var failure: FileError?
    content.withUnsafeBytes { bytes in
      do throws(FileError) {
        try files.write(file, at: 0, bytes, UnsafeRawBufferPointer(start: nil, count: 0))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}
