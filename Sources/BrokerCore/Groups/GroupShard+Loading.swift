import Base
import Coordination
import KafkaProtocol
import LogStore
import Records

extension GroupShard {
  /// Bytes read at once; a batch that is longer is read whole.
  private static var readSize: Int { 1 << 20 }

  /// Makes the coordinator of a partition from its log. Blocks.
  static func load(
    _ partition: Partition<Files>, settings: BrokerSettings, configuration: TopicConfiguration,
    topics: TopicRegistry<Files>, now: Moment, random: SeededRandom, effects: inout [BrokerEffect<Files>]
  ) throws(LogError) -> GroupShard {
    var coordinator = GroupCoordinator(
      partition: partition.id.partition, configuration: GroupConfiguration(settings), now: now, random: random)
    coordinator.update(topics: topics.catalog)
    try replay(partition, into: &coordinator, now: now, &effects)
    coordinator.finishLoading(now: now)
    return GroupShard(
      partition: partition, coordinator: coordinator, batchByteLimit: Int(configuration.batchByteLimit),
      topics: topics,
      // A crash may have come between the end of a topic and that of its offsets.
      deletedTopics: coordinator.topicsWithOffsets.filter { topics.topic(named: $0) == nil })
  }

  private static func replay(
    _ partition: Partition<Files>, into coordinator: inout GroupCoordinator, now: Moment,
    _ effects: inout [BrokerEffect<Files>]
  ) throws(LogError) {
    // What was written and not synced before a crash counts too: it is in the log, and nobody can take it back.
    partition.sync(effects: &effects)
    let decoder = RecordBatchDecoder()
    if let failure = partition.failure { throw .offline(partition.id.description, reason: failure) }
    var offset = partition.offsets.logStart
    let end = partition.offsets.logEnd
    var size = readSize
    while offset < end {
      let read = partition.read(from: offset, maxBytes: size, leaderEpoch: -1)
      // Groups of which only a part was read would be taken for groups with older offsets.
      guard read.error == .none, size <= Int(Int32.max) else {
        throw .offline(
          partition.id.description, reason: partition.failure ?? "it cannot be read from offset \(offset) on")
      }
      guard let slice = try slice(of: read, partition, from: offset, maxBytes: size, now: now, &effects) else { return }
      let bytes: [UInt8]
      do throws(FileError) {
        bytes = try slice.bytes()
      } catch {
        throw .file(error)
      }
      let next = bytes.withUnsafeBytes {
        replay($0, from: offset, decoder, partition.id, into: &coordinator, &effects)
      }
      // A batch that is longer than what was read is read again, whole.
      size = next == offset ? max(size * 2, slice.size) : readSize
      offset = next
    }
  }

  /// The batches that were found, looked up on the disk where that is needed; nil for none.
  private static func slice(
    of read: PartitionRead<Files>, _ partition: Partition<Files>, from offset: Int64, maxBytes: Int, now: Moment,
    _ effects: inout [BrokerEffect<Files>]
  ) throws(LogError) -> LogSlice<Files>? {
    switch read.result {
    case .slice(let slice): slice
    case .empty: nil
    case .needsDisk(let cold):
      try partition.resolve(cold, from: offset, maxBytes: maxBytes, now: now, effects: &effects)
    }
  }

  /// Applies whole batches; returns the offset after the last.
  private static func replay(
    _ bytes: UnsafeRawBufferPointer, from start: Int64, _ decoder: RecordBatchDecoder, _ id: TopicPartition,
    into coordinator: inout GroupCoordinator, _ effects: inout [BrokerEffect<Files>]
  ) -> Int64 {
    var reader = RecordBatchReader(bytes)
    var offset = start
    while true {
      do throws(RecordBatchError) {
        guard let batch = try reader.next() else { return offset }
        // Behind the batch whatever becomes of it.
        offset = max(offset, batch.header.nextOffset)
        guard !batch.header.attributes.isControl else { continue }
        var records = try decoder.records(of: batch)
        while let record = try records.next() {
          guard record.offset >= start else { continue }
          apply(record, id, to: &coordinator, &effects)
        }
      } catch {
        offset = max(offset, error.nextOffset)
        effects.append(.warning(key: "groups", message: "\(id): what a batch says is lost: \(error)"))
      }
    }
  }

  private static func apply(
    _ record: RecordView, _ id: TopicPartition, to coordinator: inout GroupCoordinator,
    _ effects: inout [BrokerEffect<Files>]
  ) {
    do throws(GroupRecordError) {
      let key = record.key.map { Array($0) } ?? []
      coordinator.replay(try GroupRecord(key: key, value: record.value.map { Array($0) }))
    } catch {
      effects.append(.warning(key: "groups", message: "\(id), offset \(record.offset): \(error); it is skipped"))
    }
  }
}

extension LogSlice {
  fileprivate func bytes() throws(FileError) -> [UInt8] {
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      do throws(FileError) {
        count = try read(into: UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error
        count = 0
      }
    }
    if let failure { throw failure }
    return bytes
  }
}

extension GroupConfiguration {
  init(_ settings: BrokerSettings) {
    self.init()
    initialRebalanceDelayMs = Int32(clamping: settings.groupInitialRebalanceDelayMilliseconds)
    minSessionTimeoutMs = Int32(clamping: settings.groupMinSessionTimeoutMilliseconds)
    maxSessionTimeoutMs = Int32(clamping: settings.groupMaxSessionTimeoutMilliseconds)
    maxSize = Int(clamping: settings.groupMemberLimit)
    consumerSessionTimeoutMs = Int32(clamping: settings.groupConsumerSessionTimeoutMilliseconds)
    consumerHeartbeatIntervalMs = Int32(clamping: settings.groupConsumerHeartbeatIntervalMilliseconds)
    consumerMaxSize = Int(clamping: settings.groupConsumerMemberLimit)
    offsetMetadataMaxBytes = Int(clamping: settings.offsetMetadataByteLimit)
    let (retention, overflow) = settings.offsetsRetentionMinutes.multipliedReportingOverflow(by: 60_000)
    offsetsRetentionMs = overflow ? .max : retention
    offsetsRetentionCheckIntervalMs = settings.offsetsRetentionCheckMilliseconds
  }
}
