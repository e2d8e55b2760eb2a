import Base

/// Something an operator would like to know.
public enum SinkNotice: Sendable, Hashable, CustomStringConvertible {
  /// After a crash: bytes that the checkpoint does not vouch for were cut off; their records come again.
  case cutBack(path: String, bytes: Int64)
  /// A file is shorter than what was written to it.
  case shortened(path: String, size: Int64, expected: Int64)
  /// Another file has taken the name of one that was written.
  case replaced(path: String)
  /// Somebody else has written to a file; records go behind it.
  case grown(path: String, size: Int64, expected: Int64)
  /// Where reading starts, when that is not simply what the group has committed.
  case startsAtCheckpoint(TopicPartition, offset: Int64, committed: Int64?)
  case groupWasReset(TopicPartition, committed: Int64, checkpoint: Int64)

  /// The topic is not the one of this name whose offsets are known.
  case topicReplaced(TopicPartition)

  public var isWarning: Bool {
    switch self {
    case .shortened, .grown: true
    case .cutBack, .replaced, .startsAtCheckpoint, .groupWasReset, .topicReplaced: false
    }
  }

  public var description: String {
    switch self {
    case .cutBack(let path, let bytes):
      "\(path): cut off \(bytes) bytes that were written but not accounted for; their records are read again"
    case .shortened(let path, let size, let expected):
      "\(path): has \(size) bytes, \(expected) were written; somebody cut it, and what was cut is not written again"
    case .replaced(let path): "\(path): moved away or removed; records go to a new file of this name"
    case .grown(let path, let size, let expected):
      "\(path): has \(size) bytes, \(expected) were written here; somebody else writes to it, going on behind that"
    case .startsAtCheckpoint(let partition, let offset, let committed):
      "\(partition): starting at offset \(offset), up to which everything is in the files; the group has committed "
        + (committed.map(\.description) ?? "nothing")
    case .groupWasReset(let partition, let committed, let checkpoint):
      "\(partition): the group's offset was set to \(committed), starting there although the files go up to "
        + "\(checkpoint)"
    case .topicReplaced(let partition):
      "\(partition): the topic was made anew (or lies in another cluster) since this was last read"
    }
  }
}
