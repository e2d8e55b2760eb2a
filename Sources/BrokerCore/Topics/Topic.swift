import Base
import Synchronization

/// A topic as it is between two changes of its partitions. May be used from any thread.
public final class Topic<Files: FileSystem>: Sendable {
  public let name: String
  public let id: UUID
  /// By their numbers.
  public let partitions: [Partition<Files>]
  public let isInternal: Bool
  /// Shared by all `Topic`s that stand for the same one.
  private let settings: TopicSettings

  init(record: TopicRecord, settings: TopicSettings, partitions: [Partition<Files>]) {
    name = record.name
    id = record.id
    isInternal = TopicName.isInternal(record.name)
    self.settings = settings
    self.partitions = partitions
  }

  var configuration: TopicConfiguration { settings.current }

  func partition(_ index: Int32) -> Partition<Files>? {
    partitions.indices.contains(Int(index)) ? partitions[Int(index)] : nil
  }

  func configure(_ configuration: TopicConfiguration, effects: inout [BrokerEffect<Files>]) {
    settings.replace(configuration)
    for partition in partitions { partition.configure(configuration, effects: &effects) }
  }

  /// The same topic with more partitions.
  func adding(_ partitions: [Partition<Files>], record: TopicRecord) -> Topic {
    Topic(record: record, settings: settings, partitions: self.partitions + partitions)
  }
}

/// The settings of a topic, replaced as a whole.
final class TopicSettings: Sendable {
  private let content: Mutex<TopicConfiguration>

  init(_ configuration: TopicConfiguration) {
    content = Mutex(configuration)
  }

  var current: TopicConfiguration { content.withLock { $0 } }

  func replace(_ configuration: TopicConfiguration) { content.withLock { $0 = configuration } }
}
