import Base
import ClientCore
import KafkaProtocol
import NIOCore
import Records
import Testing

@Suite struct ProducerCoreTests {
  /// A core with one topic of two partitions that broker 1 leads, and what it did.
  private final class Sender {
    var core: ProducerCore
    var accumulator: RecordAccumulator
    var effects: [ProducerEffect] = []
    var now: Int64 = 0
    var token: UInt64 = 0

    init(_ change: (inout ProducerOptions) -> Void = { _ in }) {
      var options = ProducerOptions()
      options.compression = .none
      change(&options)
      core = ProducerCore(
        options: options, retryBackoff: Backoff(firstMilliseconds: 10, limitMilliseconds: 10),
        random: SeededRandom(seed: 1))
      accumulator = RecordAccumulator(options: options, random: SeededRandom(seed: 2))
      _ = accumulator.index(of: "t")
      accumulator.setPartitions(of: 0, hasLeader: [true, true])
      core.setTopic(0, name: "t", id: .zero, leaders: [1, 1])
    }

    func initialize(id: Int64 = 7) {
      var response = InitProducerIDResponse()
      response.producerID = id
      core.advance(now: now, &effects)
      core.initialized(.success(response), now: now, &effects)
      effects = []
    }

    /// One batch of one record.
    func send(partition: Int32 = 0) {
      var shouldWake = false
      let value = [UInt8](repeating: 1, count: 10)
      let outcome = value.withUnsafeBytes {
        accumulator.append(
          to: 0, partition: partition, key: nil, value: $0, headers: .empty, timestamp: 0, token: token,
          shouldWake: &shouldWake)
      }
      #expect(outcome == .accepted)
      token += 1
      pass()
    }

    func pass() {
      _ = accumulator.beginPass(isTick: true, now: now)
      core.pass(now: now, &effects) { $0(&accumulator) }
    }

    /// The requests since last asked: their numbers, and of each batch the partition, epoch and sequence.
    func requests() -> [(number: UInt64, batches: [String])] {
      defer { effects.removeAll { if case .produce = $0 { true } else { false } } }
      return effects.compactMap { effect in
        guard case .produce(let request, let number, _, _) = effect else { return nil }
        let batches = request.topicData.flatMap(\.partitionData).map { data -> String in
          guard case .bytes(let bytes) = data.records,
            let header = bytes.withUnsafeReadableBytes({ RecordBatchHeader(reading: $0) })
          else { return "none" }
          return "\(data.index)@\(header.producerID).\(header.producerEpoch)/\(header.baseSequence)"
        }
        return (number, batches)
      }
    }

    func answer(_ number: UInt64, _ code: ErrorCode, partition: Int32 = 0, offset: Int64 = 5) {
      var response = ProduceResponse()
      var topic = ProduceResponse.TopicProduceResponse()
      topic.name = "t"
      var answer = ProduceResponse.PartitionProduceResponse()
      answer.index = partition
      answer.errorCode = code
      answer.baseOffset = offset
      topic.partitionResponses = [answer]
      response.responses = [topic]
      core.produced(number, .success(response), now: now, &effects)
    }

    func deliveries() -> [Delivery] {
      effects.compactMap { if case .deliver(let delivery) = $0 { delivery } else { nil } }
    }
  }

  @Test func asksForAProducerIDFirst() {
    let sender = Sender()
    sender.send()
    #expect(sender.requests().isEmpty)
    #expect(!sender.core.isInitialized)
    sender.initialize()
    sender.pass()
    #expect(sender.requests().map(\.batches) == [["0@7.0/0"]])
  }

  @Test func sendsOneBatchAtATimeUntilTheLeaderKnowsTheProducer() {
    let sender = Sender()
    sender.initialize()
    sender.send()
    sender.send()
    let first = sender.requests()
    #expect(first.map(\.batches) == [["0@7.0/0"]])
    sender.answer(first[0].number, .none)
    sender.pass()
    for _ in 0..<10 { sender.send() }
    // Five on the way, the others wait and will share a batch.
    #expect(sender.requests().map(\.batches) == (1...5).map { ["0@7.0/\($0)"] })
  }

  @Test func partitionsOfABrokerShareRequests() {
    let sender = Sender()
    sender.initialize()
    var shouldWake = false
    for partition in [Int32(0), 1] {
      _ = sender.accumulator.append(
        to: 0, partition: partition, key: nil, value: nil, headers: .empty, timestamp: 0, token: 0,
        shouldWake: &shouldWake)
    }
    sender.pass()
    #expect(sender.requests().map(\.batches) == [["0@7.0/0", "1@7.0/0"]])
  }

  @Test func acknowledgesWithOffsets() throws {
    let sender = Sender()
    sender.initialize()
    sender.send()
    sender.answer(sender.requests()[0].number, .none, offset: 42)
    let delivery = try #require(sender.deliveries().first)
    #expect(delivery.partition == TopicPartition("t", 0))
    #expect(delivery.tokens == [0])
    #expect(try delivery.result.get() == 42)
  }

  @Test func repeatsTheSameBatchAfterALostConnection() {
    let sender = Sender()
    sender.initialize()
    sender.send()
    sender.core.produced(
      sender.requests()[0].number, .failure(ClientError(.connectionLost("x"))), now: 0, &sender.effects)
    sender.pass()
    #expect(sender.requests().isEmpty)
    sender.now = sender.core.deadline(now: 0) ?? 0
    sender.pass()
    #expect(sender.requests().map(\.batches) == [["0@7.0/0"]])
  }

  @Test func retriesInOrderOnceEverythingIsAnswered() {
    let sender = Sender()
    sender.initialize()
    sender.send()
    sender.answer(sender.requests()[0].number, .none)
    for _ in 0..<3 { sender.send() }
    let sent = sender.requests()
    sender.answer(sent[0].number, .notEnoughReplicas)
    sender.now = 100_000_000
    sender.pass()
    #expect(sender.requests().isEmpty)
    sender.answer(sent[1].number, .outOfOrderSequenceNumber)
    sender.answer(sent[2].number, .outOfOrderSequenceNumber)
    sender.pass()
    #expect(sender.requests().map(\.batches) == [["0@7.0/1"], ["0@7.0/2"], ["0@7.0/3"]])
  }

  @Test func beginsAnEpochWhenTheBrokerLostTheProducer() {
    let sender = Sender()
    sender.initialize()
    sender.send()
    sender.answer(sender.requests()[0].number, .none)
    sender.send()
    sender.answer(sender.requests()[0].number, .unknownProducerID)
    sender.pass()
    let again = sender.requests()
    #expect(again.map(\.batches) == [["0@7.1/0"]])
    sender.answer(again[0].number, .none)
    #expect(sender.deliveries().map(\.mayBeDuplicated) == [false, false])
  }

  @Test func saysWhenRecordsMayBeThereTwice() {
    let sender = Sender()
    sender.initialize()
    sender.send()
    sender.answer(sender.requests()[0].number, .requestTimedOut)
    sender.now = 100_000_000
    sender.pass()
    sender.answer(sender.requests()[0].number, .unknownProducerID)
    sender.pass()
    sender.answer(sender.requests()[0].number, .none)
    #expect(sender.deliveries().map(\.mayBeDuplicated) == [true])
  }

  @Test func takesANewIDWhenItsEpochIsFenced() {
    let sender = Sender()
    sender.initialize()
    sender.send()
    sender.answer(sender.requests()[0].number, .invalidProducerEpoch)
    sender.pass()
    #expect(sender.requests().isEmpty)
    sender.initialize(id: 8)
    sender.pass()
    #expect(sender.requests().map(\.batches) == [["0@8.0/0"]])
  }

  @Test func goesOnBehindABatchThatIsRefused() throws {
    let sender = Sender()
    sender.initialize()
    sender.send()
    sender.answer(sender.requests()[0].number, .none)
    sender.send()
    sender.send()
    let sent = sender.requests()
    sender.answer(sent[0].number, .invalidRecord)
    sender.answer(sent[1].number, .outOfOrderSequenceNumber)
    sender.now = 100_000_000
    sender.pass()
    #expect(sender.requests().map(\.batches) == [["0@7.1/0"]])
    let error = #expect(throws: ClientError.self) { try sender.deliveries()[1].result.get() }
    #expect(error?.code == .invalidRecord)
  }

  /// What waits in the accumulator meanwhile is not left behind: no later answer would bring another look at it.
  @Test func goesOnWithWhatCameWhileABatchWasRefused() {
    let sender = Sender()
    sender.initialize()
    sender.send()
    let first = sender.requests()
    // The leader has not acknowledged anything yet.
    sender.send()
    #expect(sender.requests().isEmpty)
    sender.answer(first[0].number, .messageTooLarge)
    sender.pass()
    #expect(sender.requests().map(\.batches) == [["0@7.1/0"]])
  }

  @Test func aRefusalWithNothingBehindItDoesNotStopThePartition() {
    let sender = Sender()
    sender.initialize()
    sender.send()
    sender.answer(sender.requests()[0].number, .invalidRecord)
    sender.pass()
    sender.send()
    #expect(sender.requests().map(\.batches) == [["0@7.1/0"]])
  }

  @Test func aDuplicateIsAnAcknowledgement() throws {
    let sender = Sender()
    sender.initialize()
    sender.send()
    sender.answer(sender.requests()[0].number, .duplicateSequenceNumber)
    #expect(try sender.deliveries()[0].result.get() == -1)
  }

  @Test func failsWhatWaitsTooLong() {
    let sender = Sender { $0.deliveryTimeoutMilliseconds = 1000 }
    sender.initialize()
    sender.send()
    sender.core.produced(
      sender.requests()[0].number, .failure(ClientError(.connectFailed("x"))), now: 0, &sender.effects)
    sender.now = 2_000_000_000
    sender.pass()
    guard case .failure(let error)? = sender.deliveries().first?.result else { return #expect(Bool(false)) }
    #expect(error.reason == .timedOut(milliseconds: 1000))
  }

  /// The wait before the next attempt outlives the batch it began for.
  @Test func wakesForWhatWaitsBehindABatchThatExpired() throws {
    let sender = Sender { $0.deliveryTimeoutMilliseconds = 1000 }
    sender.initialize()
    sender.send()
    sender.now = 999_000_000
    sender.answer(sender.requests()[0].number, .notEnoughReplicas)
    sender.now = 1_001_000_000
    sender.send()
    #expect(sender.deliveries().count == 1)
    #expect(sender.requests().isEmpty)
    sender.now = try #require(sender.core.deadline(now: sender.now))
    sender.pass()
    #expect(sender.requests().map(\.batches) == [["0@7.1/0"]])
  }

  @Test func asksWhoLeadsWhenTheLeaderIsAnother() {
    let sender = Sender()
    sender.initialize()
    sender.send()
    sender.answer(sender.requests()[0].number, .notLeaderOrFollower)
    let asks = sender.effects.contains { if case .refreshMetadata = $0 { true } else { false } }
    #expect(asks)
  }

  @Test func theBufferIsBounded() {
    var options = ProducerOptions()
    options.bufferSize = 300
    options.recordSizeLimit = 200
    var accumulator = RecordAccumulator(options: options, random: SeededRandom(seed: 2))
    var shouldWake = false
    func append(_ size: Int, partition: Int32? = nil) -> SendOutcome {
      let value = [UInt8](repeating: 0, count: size)
      return value.withUnsafeBytes {
        accumulator.append(
          to: 0, partition: partition, key: nil, value: $0, headers: .empty, timestamp: 0, token: 0,
          shouldWake: &shouldWake)
      }
    }
    func takeWritable(_ topicBecameReady: Bool = false) -> Bool {
      accumulator.takeWritable(topicBecameReady: topicBecameReady)
    }
    _ = accumulator.index(of: "t")
    #expect(append(10) == .topicNotReady)
    accumulator.setPartitions(of: 0, hasLeader: [true])
    #expect(takeWritable(true))
    #expect(append(10, partition: 1) == .noSuchPartition)
    #expect(append(100) == .accepted)
    #expect(append(100) == .accepted)
    #expect(!takeWritable())
    #expect(append(100) == .full)
    #expect(!takeWritable())
    accumulator.release(accumulator.buffered)
    #expect(takeWritable())
    #expect(!takeWritable())
    accumulator.close()
    #expect(append(10) == .closed)
  }
}
