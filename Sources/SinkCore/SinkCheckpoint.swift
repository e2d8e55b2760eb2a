import Base

/// Sizes of files and offsets of partitions that belong together: what was written of the partitions up to these offsets
/// is in these files up to these sizes, and on the disk.
struct SinkCheckpoint: Sendable, Hashable {
  struct Partition: Sendable, Hashable {
    /// The next offset to write.
    var next: Int64
    /// The offset that the group's coordinator was last known to hold; nil when none was.
    var committed: Int64?
    /// Offsets mean something in this topic only, not in another one of the same name.
    var topicID: UUID
  }

  struct File: Sendable, Hashable {
    /// Bytes of it that count.
    var size: Int64
    /// Which file this is, so that one put in its place is left alone. Device numbers may change with a reboot.
    var inode: UInt64
  }

  /// Whose offsets these are.
  var group: String
  var partitions: [TopicPartition: Partition] = [:]
  /// Files that may hold more than what counts, by path.
  var files: [String: File] = [:]

  init(group: String, partitions: [TopicPartition: Partition] = [:]) {
    self.group = group
    self.partitions = partitions
  }
}
