import Base
import KafkaProtocol
import NIOCore
import Records

extension ProducerCore {
  /// The answer to `.produce`, or why there is none.
  public mutating func produced(
    _ number: UInt64, _ result: Result<ProduceResponse, ClientError>, now: Int64, _ effects: inout [ProducerEffect]
  ) {
    guard let request = requests.removeValue(forKey: number) else { return }
    inFlight[request.broker, default: 1] -= 1
    if inFlight[request.broker] == 0 { inFlight[request.broker] = nil }
    var answers: [TopicPartition: ProduceResponse.PartitionProduceResponse] = [:]
    var failure = ClientError(.malformed("it says nothing of a partition it was asked about"), api: .produce)
    switch result {
    case .success(let response): answers = collect(response)
    case .failure(let error):
      failure = error
      effects.append(.refreshMetadata)
    }
    for position in request.partitions {
      partitions[position].sentCount -= 1
      guard let index = partitions[position].batches.firstIndex(where: { $0.request == number }) else { continue }
      partitions[position].batches[index].request = nil
      if let answer = answers[partitions[position].name] {
        resolve(position, index, answer, now: now, &effects)
      } else {
        retry(position, index, failure, isInDoubt: failure.leavesDoubt, now: now, &effects)
      }
    }
  }

  private func collect(
    _ response: ProduceResponse
  ) -> [TopicPartition: ProduceResponse.PartitionProduceResponse] {
    var answers: [TopicPartition: ProduceResponse.PartitionProduceResponse] = [:]
    for topic in response.responses {
      let name =
        topic.name.isEmpty ? topics.first { $0?.id == topic.topicID && topic.topicID != .zero }??.name : topic.name
      guard let name else { continue }
      for partition in topic.partitionResponses { answers[TopicPartition(name, partition.index)] = partition }
    }
    return answers
  }

  private mutating func resolve(
    _ position: Int, _ index: Int, _ answer: ProduceResponse.PartitionProduceResponse, now: Int64,
    _ effects: inout [ProducerEffect]
  ) {
    let code = answer.errorCode
    let error = ClientError(
      .refused(code, message: answer.errorMessage), api: .produce, subject: partitions[position].name.description)
    switch code {
    case .none: acknowledge(position, index, offset: answer.baseOffset, &effects)
    case .duplicateSequenceNumber: acknowledge(position, index, offset: -1, &effects)
    case .outOfOrderSequenceNumber, .unknownProducerID, .invalidProducerEpoch, .invalidProducerIDMapping,
      .producerFenced:
      lostState(position, index, error, code, now: now, &effects)
    case .messageTooLarge, .recordListTooLarge:
      if !split(position, index, &effects) { fail(position, index, error, &effects) }
    case _ where code.isRetriable || code == .unknownServerError:
      if code.meansStaleMetadata { effects.append(.refreshMetadata) }
      retry(position, index, error, isInDoubt: code.leavesDoubt, now: now, &effects)
    default: fail(position, index, error, &effects)
    }
  }

  private mutating func acknowledge(_ position: Int, _ index: Int, offset: Int64, _ effects: inout [ProducerEffect]) {
    let batch = partitions[position].batches.remove(at: index)
    partitions[position].backoff.reset()
    if partitions[position].identity.map({ $0.id == batch.producer.id && $0.epoch == batch.producer.epoch }) ?? true {
      partitions[position].isEstablished = true
    }
    // Whoever adds a record's place to it must not overflow.
    let isPlausible = offset >= 0 && offset <= .max - Int64(batch.count)
    finish(position, batch, .success(isPlausible ? offset : -1), &effects)
  }

  /// It was not appended and never will be: the sequences behind it have to close the gap.
  private mutating func fail(
    _ position: Int, _ index: Int, _ error: ClientError, _ effects: inout [ProducerEffect]
  ) {
    let batch = partitions[position].batches.remove(at: index)
    if isIdempotent {
      partitions[position].needsNewEpoch = true
      partitions[position].isDraining = true
    }
    finish(position, batch, .failure(error), &effects)
  }

  private mutating func finish(
    _ position: Int, _ batch: ProducerBatch, _ result: Result<Int64, ClientError>, _ effects: inout [ProducerEffect]
  ) {
    effects.append(.release(batch.charge))
    effects.append(
      .deliver(
        Delivery(
          partition: partitions[position].name, tokens: batch.tokens, result: result,
          mayBeDuplicated: batch.mayBeDuplicated)))
  }

  private mutating func retry(
    _ position: Int, _ index: Int, _ error: ClientError, isInDoubt: Bool, now: Int64,
    _ effects: inout [ProducerEffect]
  ) {
    if isInDoubt { partitions[position].batches[index].isInDoubt = true }
    guard error.isRetriable || isInDoubt || isBoundToPass(error) else { return fail(position, index, error, &effects) }
    // Those behind it fail for its sake; one wait for all of them.
    if !partitions[position].isDraining {
      partitions[position].isDraining = true
      partitions[position].retryAt = later(now, partitions[position].backoff.next(&random))
      effects.append(.notice(ClientNotice(.warning, kind: "produce", "\(error); trying again")))
    }
  }

  /// A broker that speaks no common version may be replaced by one that does.
  private func isBoundToPass(_ error: ClientError) -> Bool {
    if case .unsupportedVersion = error.reason { true } else { false }
  }

  /// The broker does not know this producer as it should. For the oldest batch that means that what it knew is lost;
  /// for those behind it, that the oldest failed.
  private mutating func lostState(
    _ position: Int, _ index: Int, _ error: ClientError, _ code: ErrorCode, now: Int64,
    _ effects: inout [ProducerEffect]
  ) {
    guard index == 0, isIdempotent else {
      return retry(
        position, index, ClientError(.refused(.networkException, message: "\(error)"), api: .produce),
        isInDoubt: false, now: now, &effects)
    }
    partitions[position].isDraining = true
    partitions[position].needsNewEpoch = true
    // A sequence that is out of order shows that the batch is not there: the broker remembers the last five of this
    // producer. A broker that forgot the producer may have the batch all the same.
    if code != .outOfOrderSequenceNumber, partitions[position].batches[index].isInDoubt {
      partitions[position].batches[index].mayBeDuplicated = true
    }
    if code != .outOfOrderSequenceNumber, code != .unknownProducerID {
      partitions[position].identity = nil
    }
    let doubt = partitions[position].batches[index].mayBeDuplicated ? "; its records may be there twice" : ""
    effects.append(.notice(ClientNotice(.warning, kind: "produce", "\(error); going on in a new epoch\(doubt)")))
  }

  /// Raises the partition's epoch, or takes the producer's newest id, and numbers what waits from 0 on.
  mutating func beginEpoch(_ position: Int) {
    guard case .known(let id, let epoch) = identity else { return }
    if let old = partitions[position].identity, old.id == id, old.epoch < .max {
      partitions[position].identity = (id, max(old.epoch + 1, epoch))
    } else if partitions[position].usedID == id {
      // This id is of no use here any more.
      identity = .none
      return
    } else {
      partitions[position].identity = (id, epoch)
    }
    guard let (id, epoch) = partitions[position].identity else { return }
    partitions[position].usedID = id
    partitions[position].needsNewEpoch = false
    partitions[position].isEstablished = false
    partitions[position].nextSequence = 0
    for index in partitions[position].batches.indices {
      let count = partitions[position].batches[index].count
      let sequence = partitions[position].nextSequence
      partitions[position].batches[index].stamp(RecordProducer(id: id, epoch: epoch, baseSequence: sequence))
      partitions[position].nextSequence = ProducerPartition.sequence(sequence, plus: count)
    }
  }

  /// Fails what has waited for longer than it may. What is on the way is waited for.
  mutating func expire(now: Int64, _ effects: inout [ProducerEffect]) {
    guard options.deliveryTimeoutMilliseconds != nil else { return }
    for position in active {
      while let first = partitions[position].batches.first, first.request == nil, first.expiresAt <= now {
        fail(position, 0, timeout(position), &effects)
      }
    }
  }

  /// Fails a batch that waited too long before it was made.
  mutating func expired(
    _ batch: RecordAccumulator.Batch, of slot: RecordAccumulator.Slot, _ effects: inout [ProducerEffect]
  ) {
    guard let position = position(of: slot) else { return }
    effects.append(.release(batch.charge))
    effects.append(
      .deliver(
        Delivery(partition: partitions[position].name, tokens: batch.tokens, result: .failure(timeout(position)))))
  }

  /// Fails a batch because the producer is closed before it was made.
  public mutating func abandon(
    _ batch: RecordAccumulator.Batch, of slot: RecordAccumulator.Slot, _ effects: inout [ProducerEffect]
  ) {
    guard let position = position(of: slot) else { return }
    let name = partitions[position].name
    let error = ClientError(.closed, api: .produce, subject: name.description)
    effects.append(.release(batch.charge))
    effects.append(.deliver(Delivery(partition: name, tokens: batch.tokens, result: .failure(error))))
  }

  private func timeout(_ position: Int) -> ClientError {
    ClientError(
      .timedOut(milliseconds: options.deliveryTimeoutMilliseconds ?? 0), api: .produce,
      subject: partitions[position].name.description)
  }

  /// Fails everything, on the way or not.
  public mutating func close(_ effects: inout [ProducerEffect]) {
    for position in active {
      for batch in partitions[position].batches {
        let error = ClientError(.closed, api: .produce, subject: partitions[position].name.description)
        finish(position, batch, .failure(error), &effects)
      }
      partitions[position].batches = []
      isActive[position] = false
    }
    active = []
    requests = [:]
  }
}

extension ProducerCore {
  /// Makes two batches of one that the broker finds too large. Returns whether it had more than one record.
  private mutating func split(_ position: Int, _ index: Int, _ effects: inout [ProducerEffect]) -> Bool {
    let batch = partitions[position].batches[index]
    guard batch.tokens.count > 1, let halves = halves(of: batch) else { return false }
    for later in partitions[position].batches.indices where later > index {
      partitions[position].batches[later].ordinal += 1
    }
    partitions[position].nextOrdinal += 1
    partitions[position].batches.replaceSubrange(index...index, with: halves)
    effects.append(.release(batch.charge - halves.reduce(0) { $0 + $1.charge }))
    effects.append(
      .notice(
        ClientNotice(
          .warning, kind: "produce",
          "\(partitions[position].name): a batch of \(batch.charge) bytes is more than the broker takes; sending it in "
            + "halves. Lower the batch size, or raise the topic's max.message.bytes")))
    if isIdempotent {
      // The sequences stay the same, the second half continues those of the first.
      partitions[position].isDraining = true
    }
    return true
  }

  private func halves(of batch: ProducerBatch) -> [ProducerBatch]? {
    var builders = [RecordBatchBuilder(), RecordBatchBuilder()]
    let middle = batch.tokens.count / 2
    var index = 0
    var isWhole = true
    let decoder = RecordBatchDecoder()
    // The records lie in the decoder.
    defer { withExtendedLifetime(decoder) {} }
    batch.bytes.withUnsafeReadableBytes { bytes in
      do throws(RecordBatchError) {
        var reader = RecordBatchReader(bytes)
        guard let slice = try reader.next() else { return }
        var records = try decoder.records(of: slice)
        while let record = try records.next() {
          var headers = RecordHeaders()
          for header in record.headers {
            headers.append(key: String(decoding: header.key, as: UTF8.self), value: header.value.map { Array($0) })
          }
          try builders[index < middle ? 0 : 1].append(
            key: record.key, value: record.value, headers: headers, timestamp: record.timestamp)
          index += 1
        }
      } catch {
        // What was built here a moment ago reads back; if not, the batch fails as a whole.
        isWhole = false
      }
    }
    guard isWhole, index == batch.tokens.count else { return nil }
    let tokens = [Array(batch.tokens[..<middle]), Array(batch.tokens[middle...])]
    var producer = batch.producer
    var halves: [ProducerBatch] = []
    for (builder, tokens) in zip(builders, tokens) {
      guard let built = build(builder, producer) else { return nil }
      halves.append(
        ProducerBatch(
          number: batch.number, tokens: tokens, ordinal: batch.ordinal + UInt64(halves.count),
          bytes: ByteBuffer(bytes: built), producer: producer,
          isInDoubt: batch.isInDoubt, mayBeDuplicated: batch.mayBeDuplicated, expiresAt: batch.expiresAt))
      guard isIdempotent else { continue }
      producer.baseSequence = ProducerPartition.sequence(
        producer.baseSequence, plus: Int32(truncatingIfNeeded: tokens.count))
    }
    return halves
  }

  private func build(_ builder: RecordBatchBuilder, _ producer: RecordProducer) -> [UInt8]? {
    do throws(RecordBatchError) {
      return try builder.build(options.compression, with: compressor, producer: producer)
    } catch {
      return nil
    }
  }
}

extension ErrorCode {
  /// Whether the leader may be another by now.
  var meansStaleMetadata: Bool {
    switch self {
    case .notLeaderOrFollower, .leaderNotAvailable, .unknownTopicOrPartition, .unknownTopicID, .inconsistentTopicID,
      .fencedLeaderEpoch, .unknownLeaderEpoch, .kafkaStorageError, .replicaNotAvailable, .listenerNotFound,
      .networkException:
      true
    default: false
    }
  }

  /// Whether what was produced may have been appended nevertheless.
  var leavesDoubt: Bool {
    switch self {
    case .requestTimedOut, .notEnoughReplicasAfterAppend, .networkException, .unknownServerError,
      .notLeaderOrFollower, .kafkaStorageError:
      true
    default: false
    }
  }
}

extension ClientError {
  /// Whether what was asked may have been done, so that asking again is right.
  package var leavesDoubt: Bool {
    switch reason {
    case .connectionLost, .timedOut, .malformed: true
    case .connectFailed, .unsupportedVersion, .refused, .unreachable, .closed, .invalid: false
    }
  }
}
