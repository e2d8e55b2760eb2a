import Base
import KafkaProtocol
import NIOCore
import Records

extension FetchCore {
  /// The answer to `.fetch`, or why there is none.
  public mutating func fetched(
    _ number: UInt64, _ result: Result<FetchResponse, ClientError>, now: Int64, _ effects: inout [FetchEffect]
  ) {
    guard let fetch = fetches.removeValue(forKey: number), var session = sessions[fetch.broker] else { return }
    session.isBusy = false
    defer { sessions[fetch.broker] = session }
    let response: FetchResponse
    switch result {
    case .success(let answer) where answer.errorCode == .none: response = answer
    case .success(let answer):
      session.reset()
      switch answer.errorCode {
      // The broker has made room for others, or was started anew.
      case .fetchSessionIDNotFound, .invalidFetchSessionEpoch: break
      default:
        session.retryAt = later(now, session.backoff.next(&random))
        effects.append(.refreshMetadata)
        let error = ClientError(.refused(answer.errorCode, message: nil), api: .fetch)
        effects.append(.notice(ClientNotice(.warning, kind: "fetch", "\(error); trying again")))
      }
      return
    case .failure(let error):
      session.reset()
      session.retryAt = later(now, session.backoff.next(&random))
      effects.append(.refreshMetadata)
      effects.append(.notice(ClientNotice(.warning, kind: "fetch", "\(error); trying again")))
      return
    }
    session.backoff.reset()
    session.answered(response)
    for topic in response.responses {
      guard let name = topic.topic.isEmpty ? fetch.names[topic.topicID] : topic.topic else { continue }
      for data in topic.partitions {
        let partition = TopicPartition(name, data.partitionIndex)
        // An answer to what is not wanted any more.
        guard let asked = fetch.asked[partition], partitions[partition]?.version == asked.version else { continue }
        if data.errorCode == .none {
          take(data, of: partition, asked.offset, &effects)
        } else {
          refused(partition, data.errorCode, asked.offset, now: now, &effects)
        }
        // What the broker keeps for an incremental session has an error or a position that is old by now.
        if data.errorCode != .none { session.entries[partition] = nil }
      }
    }
  }

  private mutating func refused(
    _ partition: TopicPartition, _ code: ErrorCode, _ offset: Int64, now: Int64, _ effects: inout [FetchEffect]
  ) {
    if code == .offsetOutOfRange {
      partitions[partition]?.position = nil
      partitions[partition]?.missing = offset
      partitions[partition]?.lookup = options.reset == .earliest ? .beginning : .end
      return
    }
    delay(partition, now: now)
    if code.meansStaleMetadata || code == .fetchSessionTopicIDError { effects.append(.refreshMetadata) }
    let error = ClientError(.refused(code, message: nil), api: .fetch, subject: partition.description)
    effects.append(
      .notice(ClientNotice(code.isRetriable ? .warning : .error, kind: "fetch", "\(error); trying again")))
  }

  private mutating func delay(_ partition: TopicPartition, now: Int64) {
    guard var state = partitions[partition] else { return }
    state.retryAt = later(now, state.backoff.next(&random))
    partitions[partition] = state
  }

  private mutating func take(
    _ data: FetchResponse.PartitionData, of partition: TopicPartition, _ offset: Int64,
    _ effects: inout [FetchEffect]
  ) {
    partitions[partition]?.backoff.reset()
    guard case .bytes(let batches) = data.records, batches.readableBytes > 0, offset < .max else { return }
    let end = data.highWatermark < 0 ? .max : data.highWatermark
    let extent = Self.extent(of: batches, from: offset, end: end)
    var next = extent.next
    if extent.batchCount == 0, let size = extent.truncatedSize {
      let wanted = Int32(clamping: size)
      if wanted > partitions[partition]?.maxBytes ?? 0, wanted <= responseSizeLimit - 1024 {
        // The broker gave less than one batch: ask for as much as it has.
        partitions[partition]?.maxBytes = wanted
        return
      }
      next = offset + 1
      effects.append(
        .notice(
          ClientNotice(
            .error, kind: "fetch",
            "\(partition): the batch at offset \(offset) says it has \(size) bytes, which do not arrive; stepping over")
        ))
    } else if next <= offset {
      // It claims to end before what was asked for; whoever decodes it will say more.
      next = offset + 1
    }
    partitions[partition]?.position = next
    let records = FetchedRecords(
      partition: partition, firstOffset: offset, nextOffset: next, highWatermark: data.highWatermark, batches: batches)
    append(.records(records), of: partition, byteCount: batches.readableBytes)
  }

  private mutating func append(_ event: ConsumerEvent, of partition: TopicPartition, byteCount: Int) {
    queue.append(Queued(partition: partition, event: event, byteCount: byteCount))
    buffered += byteCount
  }

  /// Where a run of batches ends, by their headers. An offset at or behind `end` is not believed.
  static func extent(
    of batches: ByteBuffer, from offset: Int64, end: Int64
  ) -> (next: Int64, batchCount: Int, truncatedSize: Int?) {
    batches.withUnsafeReadableBytes { bytes in
      var reader = RecordBatchReader(bytes)
      var next = offset
      var count = 0
      while true {
        do throws(RecordBatchError) {
          guard let batch = try reader.next() else { break }
          count += 1
          let header = batch.header
          let last = header.baseOffset.addingReportingOverflow(Int64(header.lastOffsetDelta))
          let isBelievable =
            header.baseOffset >= 0 && header.lastOffsetDelta >= 0 && !last.overflow && last.partialValue < end
          if isBelievable {
            next = max(next, last.partialValue + 1)
          } else if header.baseOffset >= 0, header.baseOffset < end {
            next = max(next, header.baseOffset + 1)
          }
        } catch {
          count += 1
          if error.nextOffset <= end { next = max(next, error.nextOffset) }
        }
      }
      return (next, count, reader.truncatedBatchSize)
    }
  }

  /// The answer to `.listOffsets`, or why there is none.
  public mutating func listed(
    _ number: UInt64, _ result: Result<ListOffsetsResponse, ClientError>, now: Int64, _ effects: inout [FetchEffect]
  ) {
    guard let listing = listings.removeValue(forKey: number) else { return }
    var answers: [TopicPartition: ListOffsetsResponse.ListOffsetsPartitionResponse] = [:]
    var failure = ClientError(.malformed("it says nothing of a partition it was asked about"), api: .listOffsets)
    switch result {
    case .success(let response):
      for topic in response.topics {
        for partition in topic.partitions { answers[TopicPartition(topic.name, partition.partitionIndex)] = partition }
      }
    case .failure(let error):
      failure = error
      effects.append(.refreshMetadata)
    }
    for (partition, version) in listing.versions where partitions[partition]?.version == version {
      partitions[partition]?.isLookupBusy = false
      guard let answer = answers[partition] else {
        delay(partition, now: now)
        effects.append(.notice(ClientNotice(.warning, kind: "fetch", "\(partition): \(failure); trying again")))
        continue
      }
      located(partition, answer, now: now, &effects)
    }
  }

  private mutating func located(
    _ partition: TopicPartition, _ answer: ListOffsetsResponse.ListOffsetsPartitionResponse, now: Int64,
    _ effects: inout [FetchEffect]
  ) {
    guard answer.errorCode == .none else {
      delay(partition, now: now)
      if answer.errorCode.meansStaleMetadata { effects.append(.refreshMetadata) }
      let error = ClientError(
        .refused(answer.errorCode, message: nil), api: .listOffsets, subject: partition.description)
      effects.append(.notice(ClientNotice(.warning, kind: "fetch", "\(error); trying again")))
      return
    }
    guard answer.offset >= 0 else {
      // No record is as young as the time that was asked for.
      partitions[partition]?.lookup = .end
      return
    }
    partitions[partition]?.backoff.reset()
    partitions[partition]?.position = answer.offset
    guard let missing = partitions[partition]?.missing else { return }
    partitions[partition]?.missing = nil
    let lost = LostOffsets(partition: partition, wanted: missing, continued: answer.offset)
    effects.append(.notice(ClientNotice(.error, kind: "fetch", lost.description)))
    append(.offsetsLost(lost), of: partition, byteCount: 0)
  }
}
