import Base
import Synchronization

/// The partitions of a group member, for whoever asks from another thread.
final class SharedAssignment: Sendable {
  let partitions = Mutex<[TopicPartition]>([])
}
