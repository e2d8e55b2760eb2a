import Base
import KafkaProtocol
import NIOCore
import Records

/// Decides what a producer sends when and what becomes of it: sequences, requests on the way, retries in order, epochs
/// (KIP-98, KIP-360), delivery timeouts. Its shell brings batches and answers and carries out the effects.
public struct ProducerCore {
  enum Identity {
    case none
    case asked
    /// Not to be asked for again before this time.
    case failed(until: Int64)
    case known(id: Int64, epoch: Int16)
  }

  struct Request {
    let broker: Int32
    /// One batch of each.
    let partitions: [Int]
  }

  struct Topic {
    let name: String
    var id = UUID.zero
    /// Positions in `partitions`.
    var partitions: [Int] = []
  }

  let options: ProducerOptions
  let compressor: Compressor
  let retryBackoff: Backoff
  var random: SeededRandom
  var identity = Identity.none
  var identityBackoff: Backoff
  var topics: [Topic?] = []
  var partitions: [ProducerPartition] = []
  /// Those of `partitions` that have batches, need a new epoch or wait to try again.
  var active: [Int] = []
  var isActive: [Bool] = []
  var requests: [UInt64: Request] = [:]
  var inFlight: [Int32: Int] = [:]
  var nextRequest: UInt64 = 1

  public init(options: ProducerOptions, retryBackoff: Backoff, random: SeededRandom) {
    self.options = options
    self.retryBackoff = retryBackoff
    identityBackoff = retryBackoff
    self.random = random
    compressor = Compressor(level: options.compressionLevel)
  }

  var isIdempotent: Bool { options.isIdempotent }
  var inFlightLimit: Int { min(max(options.inFlightLimit, 1), 5) }
}

// MARK: - what the shell tells

extension ProducerCore {
  /// What the metadata say of a topic now.
  public mutating func setTopic(_ index: Int, name: String, id: UUID, leaders: [Int32]) {
    while topics.count <= index { topics.append(nil) }
    var topic = topics[index] ?? Topic(name: name)
    topic.id = id
    for (number, leader) in leaders.enumerated() {
      if number == topic.partitions.count {
        topic.partitions.append(partitions.count)
        partitions.append(
          ProducerPartition(
            name: TopicPartition(name, Int32(truncatingIfNeeded: number)), topic: index, backoff: retryBackoff))
        isActive.append(false)
      }
      partitions[topic.partitions[number]].leader = leader
    }
    topics[index] = topic
  }

  /// Whether a batch of this partition could be sent right now.
  func wants(_ slot: RecordAccumulator.Slot, now: Int64) -> Bool {
    guard let position = position(of: slot) else { return false }
    if isIdempotent {
      guard case .known = identity else { return false }
    }
    return partitions[position].firstWaiting == nil && canSend(position, now: now)
  }

  func position(of slot: RecordAccumulator.Slot) -> Int? {
    guard topics.indices.contains(slot.topic), let topic = topics[slot.topic],
      topic.partitions.indices.contains(slot.partition)
    else { return nil }
    return topic.partitions[slot.partition]
  }

  func canSend(_ position: Int, now: Int64) -> Bool {
    let partition = partitions[position]
    if partition.leader < 0 || partition.retryAt > now || partition.needsNewEpoch { return false }
    if partition.isDraining, partition.sentCount > 0 { return false }
    let limit = isIdempotent && partition.isEstablished ? inFlightLimit : 1
    return partition.spanAfterSending <= UInt64(limit) && inFlight[partition.leader, default: 0] < inFlightLimit
  }

  /// Makes a batch ready to be sent.
  mutating func add(
    _ batch: RecordAccumulator.Batch, to slot: RecordAccumulator.Slot, now: Int64, _ effects: inout [ProducerEffect]
  ) {
    guard let position = position(of: slot) else { return }
    let producer = nextProducer(position, count: batch.builder.count)
    var bytes = ByteBuffer()
    do throws(RecordBatchError) {
      let built = try batch.builder.build(options.compression, with: compressor, producer: producer)
      bytes = ByteBuffer(bytes: built)
    } catch {
      let failure = ClientError(.invalid(error.description), subject: partitions[position].name.description)
      effects.append(.release(batch.charge))
      effects.append(
        .deliver(Delivery(partition: partitions[position].name, tokens: batch.tokens, result: .failure(failure))))
      return
    }
    partitions[position].nextSequence = ProducerPartition.sequence(
      partitions[position].nextSequence, plus: Int32(truncatingIfNeeded: batch.builder.count))
    // From here on its compressed size is what it takes.
    effects.append(.release(batch.charge - bytes.readableBytes))
    partitions[position].batches.append(
      ProducerBatch(
        number: batch.number, tokens: batch.tokens, ordinal: partitions[position].nextOrdinal, bytes: bytes,
        producer: producer,
        expiresAt: expiry(openedAt: batch.openedAt ?? now)))
    partitions[position].nextOrdinal += 1
    activate(position)
  }

  func expiry(openedAt: Int64) -> Int64 {
    guard let timeout = options.deliveryTimeoutMilliseconds else { return .max }
    return Moment(monotonic: openedAt, wall: 0).deadline(afterMilliseconds: timeout)
  }

  mutating func nextProducer(_ position: Int, count: Int) -> RecordProducer {
    guard isIdempotent else { return .none }
    if partitions[position].identity == nil, case .known(let id, let epoch) = identity {
      partitions[position].identity = (id, epoch)
      partitions[position].usedID = id
      partitions[position].nextSequence = 0
      partitions[position].isEstablished = false
    }
    guard let (id, epoch) = partitions[position].identity else { return .none }
    return RecordProducer(id: id, epoch: epoch, baseSequence: partitions[position].nextSequence)
  }

  mutating func activate(_ position: Int) {
    if isActive[position] { return }
    isActive[position] = true
    active.append(position)
  }

  /// The answer to `.initialize`.
  public mutating func initialized(
    _ result: Result<InitProducerIDResponse, ClientError>, now: Int64, _ effects: inout [ProducerEffect]
  ) {
    var failure: ClientError?
    switch result {
    case .success(let response) where response.errorCode == .none:
      identity = .known(id: response.producerID, epoch: response.producerEpoch)
      identityBackoff.reset()
    case .success(let response):
      failure = ClientError(.refused(response.errorCode, message: nil), api: .initProducerID)
    case .failure(let error): failure = error
    }
    guard let failure else { return }
    effects.append(
      .notice(ClientNotice(.warning, kind: "produce", "no producer id, nothing can be sent yet: \(failure)")))
    identity = .failed(until: later(now, identityBackoff.next(&random)))
  }

  func later(_ now: Int64, _ nanoseconds: Int64) -> Int64 {
    let (time, overflow) = now.addingReportingOverflow(nanoseconds)
    return overflow ? .max : time
  }
}

// MARK: - sending

extension ProducerCore {
  /// Whether a producer id is there, or none is needed.
  public var isInitialized: Bool {
    guard isIdempotent else { return true }
    if case .known = identity { return true }
    return false
  }

  /// Sends what can be sent, and lets fail what waited too long.
  public mutating func advance(now: Int64, _ effects: inout [ProducerEffect]) {
    expire(now: now, &effects)
    for position in active where partitions[position].needsNewEpoch && partitions[position].sentCount == 0 {
      beginEpoch(position)
    }
    askForIdentity(now: now, &effects)
    while sendRound(now: now, &effects) {}
    active.removeAll { position in
      // What waits elsewhere for the end of a backoff needs its `deadline`.
      let isDone =
        partitions[position].batches.isEmpty && !partitions[position].needsNewEpoch
        && partitions[position].retryAt <= now
      if isDone { isActive[position] = false }
      return isDone
    }
  }

  mutating func askForIdentity(now: Int64, _ effects: inout [ProducerEffect]) {
    guard isIdempotent else { return }
    switch identity {
    case .known, .asked: return
    case .failed(let until) where until > now: return
    case .none, .failed:
      identity = .asked
      var request = InitProducerIDRequest()
      request.transactionalID = nil
      request.transactionTimeoutMs = .max
      effects.append(.initialize(request))
    }
  }

  /// One request to each broker that may have one. Returns whether there may be more to send.
  mutating func sendRound(now: Int64, _ effects: inout [ProducerEffect]) -> Bool {
    var chosen: [Int32: [Int]] = [:]
    var sizes: [Int32: Int] = [:]
    for position in active {
      guard let index = partitions[position].firstWaiting, canSend(position, now: now) else { continue }
      if isIdempotent, partitions[position].batches[index].producer.id < 0 { continue }
      let leader = partitions[position].leader
      let size = partitions[position].batches[index].charge
      let before = sizes[leader, default: 0]
      if before > 0, before + size > options.requestSizeLimit { continue }
      sizes[leader] = before + size
      chosen[leader, default: []].append(position)
    }
    for (leader, positions) in chosen.sorted(by: { $0.key < $1.key }) { send(positions, to: leader, &effects) }
    // Who came late this time comes first the next.
    if active.count > 1 { active.append(active.removeFirst()) }
    return !chosen.isEmpty
  }

  mutating func send(_ positions: [Int], to broker: Int32, _ effects: inout [ProducerEffect]) {
    let number = nextRequest
    nextRequest += 1
    var request = ProduceRequest()
    request.acks = options.acknowledgement.rawValue
    request.timeoutMs = Int32(clamping: options.requestTimeoutMilliseconds)
    var included: [Int] = []
    var hasIDs = true
    for position in positions.sorted(by: { (partitions[$0].topic, $0) < (partitions[$1].topic, $1) }) {
      guard let index = partitions[position].firstWaiting, let topic = topics[partitions[position].topic] else {
        continue
      }
      partitions[position].batches[index].request = number
      partitions[position].sentCount += 1
      partitions[position].isDraining = false
      included.append(position)
      if request.topicData.last?.name != topic.name {
        var data = ProduceRequest.TopicProduceData()
        data.name = topic.name
        data.topicID = topic.id
        request.topicData.append(data)
        if topic.id == .zero { hasIDs = false }
      }
      var data = ProduceRequest.PartitionProduceData()
      data.index = partitions[position].name.partition
      data.records = .bytes(partitions[position].batches[index].bytes)
      request.topicData[request.topicData.count - 1].partitionData.append(data)
    }
    requests[number] = Request(broker: broker, partitions: included)
    inFlight[broker, default: 0] += 1
    effects.append(.produce(request, number: number, broker: broker, versionLimit: hasIDs ? .max : 12))
  }

  /// The next time at which `advance` has something to do by itself; nil: only answers help.
  public func deadline(now: Int64) -> Int64? {
    var deadline: Int64?
    func consider(_ time: Int64) {
      if time > now, time < .max { deadline = min(deadline ?? .max, time) }
    }
    if case .failed(let until) = identity { consider(until) }
    for position in active {
      consider(partitions[position].retryAt)
      if let first = partitions[position].batches.first { consider(first.expiresAt) }
    }
    return deadline
  }

  /// The numbers of the batches that are here.
  public var numbers: [UInt64] { active.flatMap { partitions[$0].batches.map(\.number) } }
}
