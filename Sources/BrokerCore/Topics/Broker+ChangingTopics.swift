import Base
import KafkaProtocol
import LogStore
import MetadataStore

extension Broker {
  /// The record of a topic as the metadata store has it, with its version.
  func record(of topic: Topic<Files>) throws(TopicError) -> (record: TopicRecord, version: Int64) {
    let path = "\(TopicRecord.directory)/\(topic.name)"
    do throws(MetadataStoreError) {
      guard let entry = try metadata.get(path), let record = TopicRecord(name: topic.name, content: entry.value) else {
        throw MetadataStoreError.notFound(path)
      }
      return (record, entry.version)
    } catch {
      throw TopicError(error)
    }
  }

  /// Adds partitions to a topic until it has `count`.
  func extend(
    _ topic: Topic<Files>, to count: Int32, administration: inout Administration, now: Moment
  ) throws(TopicError) {
    var (record, version) = try record(of: topic)
    let added = try createPartitions(
      record.partitionCount..<count, of: record, configuration: topic.configuration, administration: &administration,
      now: now)
    record.partitionCount = count
    do throws(MetadataStoreError) {
      try metadata.multi([.set(record.path, value: record.encoded, expectedVersion: version)])
    } catch {
      throw TopicError(error)
    }
    topics.insert(topic.adding(added, record: record))
  }

  /// Replaces what a topic says of its settings.
  func alter(
    _ topic: Topic<Files>, overrides: [String: String], effects: inout [BrokerEffect<Files>]
  ) throws(TopicError) {
    var (record, version) = try record(of: topic)
    let configuration: TopicConfiguration
    do throws(SettingError) {
      configuration = try settings.topicConfiguration(overrides: overrides)
    } catch {
      throw TopicError(.invalidConfig, error.description)
    }
    record.overrides = overrides
    do throws(MetadataStoreError) {
      try metadata.multi([.set(record.path, value: record.encoded, expectedVersion: version)])
    } catch {
      throw TopicError(error)
    }
    topic.configure(configuration, effects: &effects)
  }

  /// Deletes a topic. From the moment the metadata store knows, it is gone for clients; its directories are renamed
  /// then and removed in the background. What a crash leaves of that the next start finishes.
  func delete(
    _ topic: Topic<Files>, administration: inout Administration, effects: inout [BrokerEffect<Files>]
  ) throws(TopicError) {
    let (record, version) = try record(of: topic)
    do throws(MetadataStoreError) {
      try metadata.multi([
        .create(record.deletionPath, value: record.encodedDeletion), .delete(record.path, expectedVersion: version),
      ])
    } catch {
      throw TopicError(error)
    }
    topics.remove(topic)
    forgetOffsets(ofTopic: topic.name, effects: &effects)
    var removals: [DirectoryRemoval<Files>] = []
    var isComplete = true
    for partition in topic.partitions {
      do throws(LogError) {
        let unique = UUID(random: &administration.random)
        if let removal = try partition.delete(unique: unique, effects: &effects) { removals.append(removal) }
      } catch {
        isComplete = false
        effects.append(.warning(key: "delete", message: "\(partition.id): \(error); the next start removes it"))
      }
    }
    guard isComplete else { return }
    effects.append(finishDeletion(removals, paths: [record.deletionPath]))
  }

  /// Removes the renamed directories, and then the nodes that say that it has to be done.
  func finishDeletion(_ removals: [DirectoryRemoval<Files>], paths: [String]) -> BrokerEffect<Files> {
    .background { [files, metadata, dataDirectory] effects in
      do throws(FileError) {
        for removal in removals { try removal.run() }
        try files.syncDirectory(dataDirectory)
      } catch {
        effects.append(.warning(key: "delete", message: "\(error); the next start removes what is left"))
        return
      }
      do throws(MetadataStoreError) {
        try metadata.multi(paths.map { .delete($0) })
      } catch {
        effects.append(.warning(key: "delete", message: "\(error); the next start tries again"))
      }
    }
  }
}
