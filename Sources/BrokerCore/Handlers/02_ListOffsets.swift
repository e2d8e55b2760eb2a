import Base
import KafkaProtocol
import LogStore
import Records

/// The timestamps that stand for something else than a time.
private enum SpecialTimestamp {
  static let latest: Int64 = -1
  static let earliest: Int64 = -2
  static let maxTimestamp: Int64 = -3
  static let earliestLocal: Int64 = -4
  static let latestTiered: Int64 = -5
}

extension RequestProcessor {
  typealias ListedPartition = ListOffsetsResponse.ListOffsetsPartitionResponse

  func listOffsets(
    _ context: RequestContext, _ request: ListOffsetsRequest
  ) throws(ProtocolError) -> RequestProgress {
    var response = ListOffsetsResponse()
    var searches: [(topic: Int, partition: Int, search: OffsetSearch<Files>)] = []
    let repeated = Self.repeatedPartitions(request)
    for wanted in request.topics {
      var topic = ListOffsetsResponse.ListOffsetsTopicResponse()
      topic.name = wanted.name
      let found = broker.topics.topic(named: wanted.name)
      for part in wanted.partitions {
        if repeated.contains(TopicPartition(wanted.name, part.partitionIndex)) {
          var refused = ListedPartition()
          refused.partitionIndex = part.partitionIndex
          refused.errorCode = .invalidRequest
          topic.partitions.append(refused)
          continue
        }
        let (answer, search) = list(part, of: found, version: context.version)
        if let search { searches.append((response.topics.count, topic.partitions.count, search)) }
        topic.partitions.append(answer)
      }
      response.topics.append(topic)
    }
    guard !searches.isEmpty else { return try reply(context, response) }
    let begun = response
    let pending = searches
    let now = context.now
    return replyFromWork(context, isChange: false) { _, effects in
      var response = begun
      let decoder = RecordBatchDecoder()
      for (topic, partition, search) in pending {
        search.run(decoder, now: now, into: &response.topics[topic].partitions[partition], effects: &effects)
      }
      return response
    }
  }

  /// Those that are there more than once, which nobody answers (as Kafka): a search may read much.
  private static func repeatedPartitions(_ request: ListOffsetsRequest) -> Set<TopicPartition> {
    var seen: Set<TopicPartition> = []
    var repeated: Set<TopicPartition> = []
    for topic in request.topics {
      for part in topic.partitions {
        let partition = TopicPartition(topic.name, part.partitionIndex)
        if !seen.insert(partition).inserted { repeated.insert(partition) }
      }
    }
    return repeated
  }

  /// The answer for one partition, or the search that will find it.
  private func list(
    _ wanted: ListOffsetsRequest.ListOffsetsPartition, of topic: Topic<Files>?, version: Int16
  ) -> (ListedPartition, OffsetSearch<Files>?) {
    var answer = ListedPartition()
    answer.partitionIndex = wanted.partitionIndex
    guard let partition = topic?.partition(wanted.partitionIndex) else {
      answer.errorCode = .unknownTopicOrPartition
      return (answer, nil)
    }
    let listing = partition.listing(leaderEpoch: wanted.currentLeaderEpoch)
    guard listing.error == .none else {
      answer.errorCode = listing.error
      return (answer, nil)
    }
    answer.leaderEpoch = partition.leaderEpoch
    switch wanted.timestamp {
    case SpecialTimestamp.latest:
      answer.offset = listing.highWatermark
    case SpecialTimestamp.earliest:
      answer.offset = listing.logStart
    case SpecialTimestamp.earliestLocal where version >= 8:
      answer.offset = listing.logStart
    case SpecialTimestamp.latestTiered where version >= 9:
      // Nothing is tiered.
      answer.offset = -1
      answer.leaderEpoch = -1
    case SpecialTimestamp.maxTimestamp where version >= 7:
      return (answer, OffsetSearch(partition: partition, timestamp: nil, limit: listing.highWatermark))
    case 0...:
      return (answer, OffsetSearch(partition: partition, timestamp: wanted.timestamp, limit: listing.highWatermark))
    default:
      answer.errorCode = .unsupportedVersion
      answer.leaderEpoch = -1
    }
    return (answer, nil)
  }
}

/// A search by timestamp in one partition.
struct OffsetSearch<Files: FileSystem>: Sendable {
  let partition: Partition<Files>
  /// nil: the largest there is.
  let timestamp: Int64?
  /// The high watermark: what is behind it is not for clients yet.
  let limit: Int64

  /// Waits for the disk.
  func run(
    _ decoder: RecordBatchDecoder, now: Moment,
    into answer: inout ListOffsetsResponse.ListOffsetsPartitionResponse, effects: inout [BrokerEffect<Files>]
  ) {
    answer.leaderEpoch = -1
    do throws(LogError) {
      do throws(LogError) {
        try look(decoder, into: &answer)
      } catch {
        guard partition.mend(error, now: now, effects: &effects) else { throw error }
        try look(decoder, into: &answer)
      }
    } catch {
      answer.errorCode = error.code
      if error.isStorageFailure {
        effects.append(.warning(key: "search", message: "searching \(partition.id) by time: \(error)"))
      }
    }
  }

  private func look(
    _ decoder: RecordBatchDecoder, into answer: inout ListOffsetsResponse.ListOffsetsPartitionResponse
  ) throws(LogError) {
    guard let match = try partition.search(timestamp).resolve(), match.position.offset < limit else { return }
    guard let found = try record(in: match, decoder), found.offset < limit else { return }
    answer.offset = found.offset
    answer.timestamp = found.timestamp
    answer.leaderEpoch = match.position.leaderEpoch
  }

  /// The first record of the batch with the time sought, or the first with the largest.
  private func record(
    in match: TimestampSearch<Files>.Match, _ decoder: RecordBatchDecoder
  ) throws(LogError) -> (offset: Int64, timestamp: Int64)? {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: match.batch.size, alignment: 8)
    defer { buffer.deallocate() }
    do throws(FileError) {
      guard try match.batch.read(into: buffer) == buffer.count else { return nil }
    } catch {
      throw .file(error)
    }
    do throws(RecordBatchError) {
      var reader = RecordBatchReader(UnsafeRawBufferPointer(buffer))
      guard let batch = try reader.next() else { return nil }
      var records = try decoder.records(of: batch)
      var best: (offset: Int64, timestamp: Int64)?
      while let record = try records.next() {
        guard let timestamp else {
          if record.timestamp > best?.timestamp ?? .min { best = (record.offset, record.timestamp) }
          continue
        }
        if record.timestamp >= timestamp, record.offset >= match.position.offset {
          return (record.offset, record.timestamp)
        }
      }
      return best
    } catch {
      throw .corrupt(match.batch.file.path, position: match.batch.position, reason: error.description)
    }
  }
}
