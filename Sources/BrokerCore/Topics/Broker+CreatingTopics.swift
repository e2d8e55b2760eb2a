import Base
import KafkaProtocol
import LogStore
import MetadataStore

extension Broker {
  /// Checks a name that a topic is to get.
  func checkNewTopic(_ name: String) throws(TopicError) {
    if let fault = TopicName.fault(of: name) { throw TopicError(.invalidTopic, "\(fault): \"\(name.shortened)\"") }
    if topics.topic(named: name) != nil { throw TopicError(.topicAlreadyExists, "topic '\(name)' exists already") }
    if let other = topics.collision(with: name) {
      throw TopicError(
        .invalidTopic, "topic '\(name)' collides with '\(other)': names that differ in '.' and '_' only are not allowed"
      )
    }
  }

  /// Checks that so many partitions may be added.
  func checkPartitionBudget(adding count: Int) throws(TopicError) {
    let limit = Int(settings.partitionLimit)
    guard count <= limit - min(topics.partitionCount, limit) else {
      throw TopicError(
        .policyViolation,
        "\(count) more partitions would be too many: there are \(topics.partitionCount), max.partitions is \(limit)")
    }
  }

  /// Creates a topic whose name was checked. Its node in the metadata store is written last, so that a crash leaves
  /// directories that the next creation takes over, but no topic without them.
  func createTopic(
    _ name: String, partitionCount: Int32, overrides: [String: String], administration: inout Administration,
    now: Moment
  ) throws(TopicError) -> Topic<Files> {
    try checkNewTopic(name)
    try checkPartitionBudget(adding: Int(partitionCount))
    let configuration: TopicConfiguration
    do throws(SettingError) {
      configuration = try settings.topicConfiguration(overrides: overrides)
    } catch {
      throw TopicError(.invalidConfig, error.description)
    }
    let record = TopicRecord(
      name: name, id: UUID(random: &administration.random), partitionCount: partitionCount, overrides: overrides)
    let partitions = try createPartitions(
      0..<partitionCount, of: record, configuration: configuration, administration: &administration, now: now)
    do throws(MetadataStoreError) {
      try metadata.multi([.create(record.path, value: record.encoded)])
    } catch {
      throw TopicError(error)
    }
    let topic = Topic(record: record, settings: TopicSettings(configuration), partitions: partitions)
    topics.insert(topic)
    return topic
  }

  /// Makes the directories and logs of new partitions.
  func createPartitions(
    _ range: Range<Int32>, of record: TopicRecord, configuration: TopicConfiguration,
    administration: inout Administration, now: Moment
  ) throws(TopicError) -> [Partition<Files>] {
    // The coordinators' own topic is what the reserve is for.
    guard !directories[0].isFull || TopicName.isInternal(record.name) else {
      throw TopicError(.kafkaStorageError, directories[0].refusal)
    }
    var partitions: [Partition<Files>] = []
    partitions.reserveCapacity(range.count)
    for index in range {
      let id = TopicPartition(record.name, index)
      let directory = "\(dataDirectory)/\(LogDirectoryName.current(id))"
      do throws(FileError) {
        try setAside(directory, of: id, administration: &administration)
        try files.createDirectory(directory)
        try PartitionMetadata.write(record.id, in: directory, files: files)
      } catch {
        throw TopicError(.kafkaStorageError, error.description)
      }
      do throws(LogError) {
        let log = try PartitionLog(
          opening: directory, configuration: configuration.log, cache: cache, recoveryPoint: 0, logStartOffset: 0,
          wasCleanlyShutDown: true, now: now.wall)
        partitions.append(
          Partition(
            id, topicID: record.id, leaderID: identity.nodeID, leaderEpoch: leaderEpoch, directory: directories[0],
            log: log, configuration: configuration))
      } catch {
        throw TopicError(error)
      }
    }
    do throws(FileError) {
      if writtenCheckpoints.withLock({ $0.knowsAny(of: range, in: record.name) }) { try renewCheckpoints() }
      try files.syncDirectory(dataDirectory)
    } catch {
      throw TopicError(.kafkaStorageError, error.description)
    }
    return partitions
  }

  /// A directory that is there already belongs to no topic: a creation was cut short, or somebody put it there. Its
  /// name is changed to that of a deleted one, which the next start removes.
  private func setAside(
    _ directory: String, of id: TopicPartition, administration: inout Administration
  ) throws(FileError) {
    guard try files.status(path: directory) != nil else { return }
    let name = LogDirectoryName.deleted(id, unique: UUID(random: &administration.random))
    try files.rename(directory, to: "\(dataDirectory)/\(name)")
  }
}
