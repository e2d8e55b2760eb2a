import Base
import KafkaProtocol
import LogStore
import NIOCore
import Records

extension RequestProcessor {
  func produce(_ context: RequestContext, _ request: ProduceRequest) throws(ProtocolError) -> RequestProgress {
    let settings = broker.settings
    var response = ProduceResponse()
    response.responses.reserveCapacity(request.topicData.count)
    var pending: [DurableWait<Files>.Point] = []
    var firstFault: ErrorCode?
    for data in request.topicData {
      let topic =
        context.version >= 13 ? broker.topics.topic(withID: data.topicID) : broker.topics.topic(named: data.name)
      var topicResponse = ProduceResponse.TopicProduceResponse()
      topicResponse.name = data.name
      topicResponse.topicID = data.topicID
      topicResponse.partitionResponses.reserveCapacity(data.partitionData.count)
      for partitionData in data.partitionData {
        var part = ProduceResponse.PartitionProduceResponse()
        part.index = partitionData.index
        do throws(ProduceFault) {
          try checkRequest(request)
          let target = try find(topic, partitionData.index, version: context.version)
          try checkReplicas(target.configuration, acks: request.acks)
          let appended = try append(
            partitionData.records, to: target, of: settings, acknowledged: request.acks != 0, context)
          part.baseOffset = appended.result.baseOffset
          part.logAppendTimeMs = appended.result.appendTime
          part.logStartOffset = appended.result.logStartOffset
          if !appended.isDurable, request.acks != 0 {
            pending.append(
              DurableWait.Point(
                partition: target.partition, offset: appended.result.lastOffset,
                topicIndex: response.responses.count, partitionIndex: topicResponse.partitionResponses.count))
          }
        } catch {
          part.fail(error.code, error.message)
          part.recordErrors = error.recordErrors
          firstFault = firstFault ?? error.code
          report(error, topic?.name ?? data.name, partitionData.index, request, context)
        }
        topicResponse.partitionResponses.append(part)
      }
      response.responses.append(topicResponse)
    }
    return try finish(context, request, response, pending, firstFault)
  }

  private func finish(
    _ context: RequestContext, _ request: ProduceRequest, _ response: ProduceResponse,
    _ pending: [DurableWait<Files>.Point], _ firstFault: ErrorCode?
  ) throws(ProtocolError) -> RequestProgress {
    if request.acks == 0 {
      // The client expects no answer; only the end of the connection can tell it.
      if let firstFault {
        return close(context.id, "a produce request with acks=0 failed with \(firstFault)")
      }
      effects.append(.noReply(context.id))
      return .done
    }
    if pending.isEmpty { return try reply(context, response) }
    park(context.id, .durable(DurableWait(context: context, pending: pending, response: response)))
    return .pipelined
  }

  private func report(
    _ fault: ProduceFault, _ topic: String, _ partition: Int32, _ request: ProduceRequest, _ context: RequestContext
  ) {
    switch fault.code {
    case .kafkaStorageError:
      effects.append(.warning(key: "append", message: "appending to \(topic)-\(partition): \(fault.message)"))
    case .corruptMessage, .invalidRecord, .invalidTimestamp, .messageTooLarge, .unsupportedCompressionType:
      // With acks=0 the connection ends, and the line that tells of it is enough.
      guard request.acks != 0 else { return }
      effects.append(.refused(context.id, reason: "a batch for \(topic)-\(partition): \(fault.message)"))
    default: break
    }
  }

  private func checkRequest(_ request: ProduceRequest) throws(ProduceFault) {
    guard (-1...1).contains(request.acks) else {
      throw ProduceFault(.invalidRequiredAcks, "acks is \(request.acks); it can be -1 (all), 0 or 1")
    }
    guard request.transactionalID == nil else {
      throw ProduceFault(.invalidTransactionState, "transactions are not supported")
    }
  }

  /// A lone broker is all the replicas there are.
  private func checkReplicas(_ configuration: TopicConfiguration, acks: Int16) throws(ProduceFault) {
    guard acks == -1, configuration.minimumInSyncReplicas > 1 else { return }
    throw ProduceFault(
      .notEnoughReplicas,
      "1 replica is in sync, min.insync.replicas is \(configuration.minimumInSyncReplicas)")
  }

  private func find(
    _ topic: Topic<Files>?, _ index: Int32, version: Int16
  ) throws(ProduceFault) -> (partition: Partition<Files>, configuration: TopicConfiguration) {
    guard let topic else {
      throw ProduceFault(version >= 13 ? .unknownTopicID : .unknownTopicOrPartition, "there is no such topic")
    }
    guard !topic.isInternal else {
      throw ProduceFault(.invalidTopic, "topic '\(topic.name)' is the broker's own")
    }
    guard let partition = topic.partition(index) else {
      throw ProduceFault(
        .unknownTopicOrPartition, "topic '\(topic.name)' has \(topic.partitions.count) partitions, no \(index)")
    }
    return (partition, topic.configuration)
  }

  /// Validates one batch and appends it. The bytes are the request's own, and are changed where they lie.
  private func append(
    _ records: RecordsPayload, to target: (partition: Partition<Files>, configuration: TopicConfiguration),
    of settings: BrokerSettings, acknowledged: Bool, _ context: RequestContext
  ) throws(ProduceFault) -> Partition<Files>.Appended {
    guard case .bytes(let buffer) = records else {
      throw ProduceFault(.corruptMessage, "there are no records")
    }
    // No other buffer has these bytes, though other frames may lie in the same memory: a frame is decoded once, the
    // records of its partitions do not overlap, and nobody reads them elsewhere while this runs. Writing through
    // `ByteBuffer` would copy them for nothing.
    let outcome = buffer.withUnsafeReadableBytes { bytes -> Result<Partition<Files>.Appended, ProduceFault> in
      Result { () throws(ProduceFault) in
        let batch = UnsafeMutableRawBufferPointer(mutating: bytes)
        let header = try validate(batch, target.configuration, settings.recordValidation, now: context.now)
        let waiter: DurableWaiter<Files>.Party? = acknowledged ? .request(context.id) : nil
        if let codec = target.configuration.compression, codec != header.attributes.compression {
          return try append(batch, compressedWith: codec, to: target, waiter, context)
        }
        return try append(batch, to: target.partition, waiter, context)
      }
    }
    return try outcome.get()
  }

  private func append(
    _ batch: UnsafeMutableRawBufferPointer, to partition: Partition<Files>, _ waiter: DurableWaiter<Files>.Party?,
    _ context: RequestContext
  ) throws(ProduceFault) -> Partition<Files>.Appended {
    do throws(PartitionError) {
      return try partition.append(batch, waiter: waiter, now: context.now, effects: &effects)
    } catch {
      throw ProduceFault(error.code, error.message)
    }
  }

  /// Appends a batch in the codec that its topic asks for.
  private func append(
    _ batch: UnsafeMutableRawBufferPointer, compressedWith codec: Compression,
    to target: (partition: Partition<Files>, configuration: TopicConfiguration),
    _ waiter: DurableWaiter<Files>.Party?, _ context: RequestContext
  ) throws(ProduceFault) -> Partition<Files>.Appended {
    var bytes: [UInt8]
    do throws(RecordBatchError) {
      bytes = try recompressor.recompress(UnsafeRawBufferPointer(batch), with: codec)
    } catch {
      throw ProduceFault(error)
    }
    try checkSize(bytes.count, target.configuration)
    return try bytes.withUnsafeMutableBytes { bytes in
      Result { () throws(ProduceFault) in try append(bytes, to: target.partition, waiter, context) }
    }.get()
  }

  private func checkSize(_ byteCount: Int, _ configuration: TopicConfiguration) throws(ProduceFault) {
    guard byteCount <= configuration.batchByteLimit else {
      throw ProduceFault(
        .messageTooLarge,
        "the batch has \(byteCount) bytes, at most \(configuration.batchByteLimit) are taken (max.message.bytes)")
    }
  }

  private func validate(
    _ batch: UnsafeMutableRawBufferPointer, _ configuration: TopicConfiguration, _ validation: RecordValidation,
    now: Moment
  ) throws(ProduceFault) -> RecordBatchHeader {
    try checkSize(batch.count, configuration)
    let header: RecordBatchHeader
    var maxTimestamp: Int64
    var recordsWithoutKey: Int32 = 0
    do throws(RecordBatchError) {
      // A compacted topic is of no use with records that have no key, so that they are looked for in any case.
      if validation == .full || configuration.log.compacts {
        let summary = try validator.validate(UnsafeRawBufferPointer(batch))
        header = summary.header
        maxTimestamp = summary.maxTimestamp
        recordsWithoutKey = summary.recordsWithoutKey
      } else {
        header = try RecordBatchValidator.validateHeader(UnsafeRawBufferPointer(batch))
        maxTimestamp = header.maxTimestamp
      }
    } catch {
      throw ProduceFault(error)
    }
    guard !configuration.log.compacts || recordsWithoutKey == 0 else {
      throw ProduceFault(.invalidRecord, "a compacted topic takes no records without a key")
    }
    if maxTimestamp != header.maxTimestamp, !configuration.log.stampsAppendTime {
      RecordBatchHeader.setMaxTimestamp(maxTimestamp, in: batch)
    }
    guard !header.attributes.isTransactional else {
      throw ProduceFault(.invalidTransactionState, "transactions are not supported")
    }
    try checkTimestamps(header.baseTimestamp, maxTimestamp, configuration, now: now)
    return header
  }

  private func checkTimestamps(
    _ base: Int64, _ latest: Int64, _ configuration: TopicConfiguration, now: Moment
  ) throws(ProduceFault) {
    guard !configuration.log.stampsAppendTime, latest >= 0 else { return }
    let (ahead, overflow) = latest.subtractingReportingOverflow(now.wall)
    guard !overflow, ahead <= configuration.timestampAfterLimit else {
      throw ProduceFault(
        .invalidTimestamp,
        "a record's timestamp \(latest) lies too far in the future (message.timestamp.after.max.ms)")
    }
    let (behind, underflow) = now.wall.subtractingReportingOverflow(base)
    guard base < 0 || (!underflow && behind <= configuration.timestampBeforeLimit) else {
      throw ProduceFault(
        .invalidTimestamp, "a record's timestamp \(base) lies too far in the past (message.timestamp.before.max.ms)")
    }
  }
}

/// Why a batch was not appended.
struct ProduceFault: Error {
  var code: ErrorCode
  var message: String
  var recordErrors: [ProduceResponse.BatchIndexAndErrorMessage] = []

  init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  init(_ error: RecordBatchError) {
    code =
      switch error.category {
      case .corruptMessage: .corruptMessage
      case .invalidRecord: .invalidRecord
      case .unsupportedCompressionType: .unsupportedCompressionType
      case .messageTooLarge: .messageTooLarge
      case .invalidTimestamp: .invalidTimestamp
      }
    message = error.description
    if case .record(let index, let fault) = error.reason {
      var record = ProduceResponse.BatchIndexAndErrorMessage()
      record.batchIndex = Int32(clamping: index)
      record.batchIndexErrorMessage = fault.description
      recordErrors = [record]
    }
  }
}

extension ProduceResponse.PartitionProduceResponse {
  mutating func fail(_ error: ErrorCode, _ message: String) {
    errorCode = error
    errorMessage = message
    baseOffset = -1
    logAppendTimeMs = -1
  }
}
