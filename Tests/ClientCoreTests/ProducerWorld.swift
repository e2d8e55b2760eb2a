import Base
import ClientCore
import KafkaProtocol
import NIOCore
import Records
import TestKit
import Testing

/// The producer's core, its accumulator, and the network and brokers around them.
struct ProducerWorld {
  private struct Sent {
    let number: UInt64
    let request: ProduceRequest
  }

  /// One connection: requests are taken and answered in order.
  private struct Link {
    var requests: [Sent] = []
  }

  static let partitionCount = 3
  let seed: UInt64
  var random: SeededRandom
  var batchLimit = Int.max
  var forgets = false
  private var accumulator: RecordAccumulator
  private var core: ProducerCore
  private var logs = [PartitionLogModel](repeating: PartitionLogModel(), count: partitionCount)
  private var leaders: [Int32] = [0, 1, 0]
  private var links: [Int32: Link] = [0: Link(), 1: Link()]
  /// What a connection that broke had still to deliver to its broker.
  private var zombies: [(broker: Int32, request: ProduceRequest)] = []
  private var initializations = 0
  private var needsMetadata = false
  private var now: Int64 = 0
  private var sent = [[UInt64]](repeating: [], count: partitionCount)
  private var offsets: [UInt64: Int64] = [:]
  private var delivered: Set<UInt64> = []
  private var nextToken: UInt64 = 0
  private var nextProducerID: Int64 = 1000
  private var isCalm = false

  init(seed: UInt64) {
    self.seed = seed
    random = SeededRandom(seed: seed)
    var options = ProducerOptions()
    options.batchSize = 1000
    options.bufferSize = 8000
    options.deliveryTimeoutMilliseconds = nil
    options.compression = seed % 2 == 0 ? .lz4 : .none
    accumulator = RecordAccumulator(options: options, random: SeededRandom(seed: seed &+ 1))
    core = ProducerCore(
      options: options, retryBackoff: Backoff(firstMilliseconds: 5, limitMilliseconds: 50),
      random: SeededRandom(seed: seed &+ 2))
    let index = accumulator.index(of: "t")
    #expect(index == 0)
    updateMetadata()
  }

  private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  private mutating func updateMetadata() {
    needsMetadata = false
    core.setTopic(0, name: "t", id: .zero, leaders: leaders)
    accumulator.setPartitions(of: 0, hasLeader: leaders.map { $0 >= 0 })
  }

  mutating func run(records: Int) {
    var steps = 0
    while nextToken < UInt64(records) || accumulator.buffered > 0 {
      steps += 1
      guard steps < 100_000 else {
        Issue.record("seed \(seed): \(accumulator.buffered) bytes are never delivered")
        return
      }
      // The end has to come some time.
      isCalm = steps > 20_000
      if nextToken < UInt64(records), chance(60) { send() }
      step()
      now += Int64.random(in: 0...2_000_000, using: &random)
    }
  }

  private mutating func send() {
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      let partition = Int.random(in: 0..<Self.partitionCount, using: &random)
      let value = Self.value(nextToken, size: Int.random(in: 8...200, using: &random))
      var shouldWake = false
      let outcome = value.withUnsafeBytes { bytes in
        accumulator.append(
          to: 0, partition: Int32(partition), key: nil, value: bytes, headers: .empty, timestamp: 1_000_000,
          token: nextToken, shouldWake: &shouldWake)
      }
      guard outcome == .accepted else {
        #expect(outcome == .full)
        return
      }
      sent[partition].append(nextToken)
      nextToken += 1
    }
  }

  private static func value(_ token: UInt64, size: Int) -> [UInt8] {
    var bytes = withUnsafeBytes(of: token.bigEndian) { Array($0) }
    bytes += repeatElement(UInt8(truncatingIfNeeded: token), count: size - 8)
    return bytes
  }

  private mutating func step() {
    switch Int.random(in: 0..<10, using: &random) {
    case 0: if needsMetadata { updateMetadata() }
    case 1...3: answer(Int32.random(in: 0...1, using: &random))
    case 4: if chance(isCalm ? 0 : 10) { breakConnection(Int32.random(in: 0...1, using: &random)) }
    case 5: deliverZombie()
    case 6: if chance(isCalm ? 0 : 3) { leaders[Int.random(in: 0..<Self.partitionCount, using: &random)] ^= 1 }
    case 7: initialize()
    case 8:
      if forgets, chance(isCalm ? 0 : 3) {
        logs[Int.random(in: 0..<Self.partitionCount, using: &random)].forgetProducers()
      }
    default: pass(isTick: chance(50))
    }
  }

  private mutating func pass(isTick: Bool) {
    _ = accumulator.beginPass(isTick: isTick, now: now)
    var effects: [ProducerEffect] = []
    // The closure may not hold the world while its core changes.
    var accumulator = accumulator
    core.pass(now: now, &effects) { $0(&accumulator) }
    self.accumulator = accumulator
    perform(effects)
  }

  private mutating func perform(_ effects: [ProducerEffect]) {
    for effect in effects {
      switch effect {
      case .produce(let request, let number, let broker, _):
        #expect(links[broker]!.requests.count < 5, "seed \(seed): more than five requests on the way")
        links[broker]!.requests.append(Sent(number: number, request: request))
      case .initialize: initializations += 1
      case .refreshMetadata: needsMetadata = true
      case .release(let bytes): accumulator.release(bytes)
      case .notice: break
      case .deliver(let delivery): take(delivery)
      }
    }
  }

  private mutating func take(_ delivery: Delivery) {
    guard case .success(let offset) = delivery.result else {
      Issue.record("seed \(seed): \(delivery.result)")
      return
    }
    for (index, token) in delivery.tokens.enumerated() {
      #expect(delivered.insert(token).inserted, "seed \(seed): token \(token) is delivered twice")
      if offset >= 0 { offsets[token] = offset + Int64(index) }
    }
  }

  private mutating func initialize() {
    guard initializations > 0 else { return }
    initializations -= 1
    var effects: [ProducerEffect] = []
    if !isCalm, chance(20) {
      core.initialized(.failure(ClientError(.connectionLost("test"))), now: now, &effects)
    } else {
      var response = InitProducerIDResponse()
      response.producerID = nextProducerID
      nextProducerID += 1
      core.initialized(.success(response), now: now, &effects)
    }
    perform(effects)
  }

  /// The broker takes its oldest request and answers, unless the connection breaks in between.
  private mutating func answer(_ broker: Int32) {
    guard !links[broker]!.requests.isEmpty else { return }
    let sent = links[broker]!.requests.removeFirst()
    let response = process(sent.request, at: broker)
    if !isCalm, chance(5) {
      links[broker]!.requests.insert(sent, at: 0)
      return breakConnection(broker, keepsZombies: false)
    }
    var effects: [ProducerEffect] = []
    core.produced(sent.number, .success(response), now: now, &effects)
    perform(effects)
  }

  private mutating func breakConnection(_ broker: Int32, keepsZombies: Bool = true) {
    let requests = links[broker]!.requests
    links[broker]!.requests = []
    if keepsZombies, chance(50) { zombies += requests.map { (broker, $0.request) } }
    for sent in requests {
      var effects: [ProducerEffect] = []
      core.produced(sent.number, .failure(ClientError(.connectionLost("test"))), now: now, &effects)
      perform(effects)
    }
  }

  /// A broker reads on in a connection that its client has left. What it appends then counts as a retry.
  private mutating func deliverZombie() {
    guard !zombies.isEmpty else { return }
    let (broker, request) = zombies.removeFirst()
    // A broker that forgot its producers would take any sequence; that is not what this is about.
    if !forgets { _ = process(request, at: broker) }
  }

  private mutating func process(_ request: ProduceRequest, at broker: Int32) -> ProduceResponse {
    var response = ProduceResponse()
    var topic = ProduceResponse.TopicProduceResponse()
    topic.name = "t"
    for data in request.topicData[0].partitionData {
      var answer = ProduceResponse.PartitionProduceResponse()
      answer.index = data.index
      (answer.errorCode, answer.baseOffset) = append(data, at: broker)
      topic.partitionResponses.append(answer)
    }
    response.responses = [topic]
    return response
  }

  private mutating func append(
    _ data: ProduceRequest.PartitionProduceData, at broker: Int32
  ) -> (ErrorCode, Int64) {
    guard case .bytes(let bytes) = data.records else { return (.corruptMessage, -1) }
    let partition = Int(data.index)
    if leaders[partition] != broker { return (.notLeaderOrFollower, -1) }
    if bytes.readableBytes > batchLimit { return (.messageTooLarge, -1) }
    if !isCalm, chance(4) { return (.notEnoughReplicas, -1) }
    let outcome = logs[partition].append(bytes)
    if !isCalm, outcome.code == .none, chance(4) { return (.requestTimedOut, -1) }
    return outcome
  }

  private func tokens(_ partition: Int) -> [UInt64] {
    logs[partition].records.map { record in
      record.value!.withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)) }
    }
  }

  func check() {
    #expect(delivered.count == Int(nextToken), "seed \(seed)")
    for partition in 0..<Self.partitionCount {
      let found = tokens(partition)
      #expect(found == sent[partition], "seed \(seed): partition \(partition)")
      for (offset, token) in found.enumerated() {
        if let told = offsets[token] { #expect(told == Int64(offset), "seed \(seed): offset of \(token)") }
      }
    }
  }

  func checkNothingLost() {
    #expect(delivered.count == Int(nextToken), "seed \(seed)")
    for partition in 0..<Self.partitionCount {
      #expect(Set(tokens(partition)) == Set(sent[partition]), "seed \(seed): partition \(partition)")
    }
  }
}
