import Base
import Coordination
import Synchronization

/// What topics there are. Looking up is one short lock; changes come from `Broker` alone, one at a time.
public final class TopicRegistry<Files: FileSystem>: Sendable {
  private struct State {
    var byName: [String: Topic<Files>] = [:]
    var byID: [UUID: Topic<Files>] = [:]
    var names: [String: String] = [:]
    var partitionCount = 0
    /// Counts changes.
    var version: Int64 = 0
    /// As of `version`, once somebody has asked for it.
    var catalog: TopicCatalog?
  }

  private let state = Mutex(State())

  public func topic(named name: String) -> Topic<Files>? { state.withLock { $0.byName[name] } }
  public func topic(withID id: UUID) -> Topic<Files>? { state.withLock { $0.byID[id] } }

  /// Sorted by name.
  public var all: [Topic<Files>] {
    state.withLock { Array($0.byName.values) }.sorted { $0.name < $1.name }
  }

  /// What group coordinators see of the topics; made anew only after a change.
  var catalog: TopicCatalog {
    state.withLock { state in
      if let catalog = state.catalog { return catalog }
      let topics = state.byName.mapValues { topic in
        TopicCatalog.Topic(
          id: topic.id, partitionCount: Int32(clamping: topic.partitions.count), isInternal: topic.isInternal)
      }
      let catalog = TopicCatalog(version: state.version, topics)
      state.catalog = catalog
      return catalog
    }
  }

  /// In no order, which costs less than `all`.
  func forEach(_ body: (Topic<Files>) -> Void) {
    for topic in state.withLock({ Array($0.byName.values) }) { body(topic) }
  }

  public var partitionCount: Int { state.withLock { $0.partitionCount } }

  /// An existing topic whose name differs from this one in `.` and `_` only.
  func collision(with name: String) -> String? {
    state.withLock { $0.names[TopicName.collisionKey(name)] }.flatMap { $0 == name ? nil : $0 }
  }

  /// Adds a topic, or replaces the one with its name.
  func insert(_ topic: Topic<Files>) {
    state.withLock { state in
      let before = state.byName.updateValue(topic, forKey: topic.name)
      state.byID[topic.id] = topic
      state.names[TopicName.collisionKey(topic.name)] = topic.name
      state.partitionCount += topic.partitions.count - (before?.partitions.count ?? 0)
      state.version += 1
      state.catalog = nil
    }
  }

  func remove(_ topic: Topic<Files>) {
    state.withLock { state in
      guard let removed = state.byName.removeValue(forKey: topic.name) else { return }
      state.byID[topic.id] = nil
      state.names[TopicName.collisionKey(topic.name)] = nil
      state.partitionCount -= removed.partitions.count
      state.version += 1
      state.catalog = nil
    }
  }
}
