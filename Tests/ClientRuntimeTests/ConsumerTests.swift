import Base
import ClientCore
import ClientRuntime
import Records
import Testing

@Suite struct ConsumerTests {
  @Test func readsBackWhatWasProduced() async throws {
    let broker = try TestBroker(settings: ["num.partitions": "3"])
    defer { broker.stop() }
    let client = broker.client()
    try await produce(client, topic: "back", count: 5000, keys: 5)
    let start = (0..<3).map { (TopicPartition("back", $0), StartPosition.beginning) }
    let consumer = Consumer(client, start: Dictionary(uniqueKeysWithValues: start), stopsAtEnd: true)
    var values: [String: [Int]] = [:]
    let decoder = RecordBatchDecoder()
    while let event = try await consumer.next() {
      guard case .records(let run) = event else { continue }
      var expected = run.firstOffset
      run.forEach(with: decoder, damaged: { Issue.record($0) }) { record in
        #expect(record.offset == expected)
        expected += 1
        values[text(record.key), default: []].append(Int(text(record.value)) ?? -1)
      }
      #expect(run.nextOffset == expected)
    }
    #expect(values.count == 5)
    for (key, found) in values {
      #expect(found == (0..<5000).filter { "key-\($0 % 5)" == key })
    }
    await consumer.close()
    await client.close()
  }

  @Test func startsAtTimesAndOffsets() async throws {
    let broker = try TestBroker()
    defer { broker.stop() }
    let client = broker.client()
    // Timestamps are 1,000,000 plus the number.
    try await produce(client, topic: "when", count: 100, keys: 1)
    let partition = TopicPartition("when", 0)
    let admin = Admin(client)
    func offset(_ position: StartPosition) async throws -> Int64? {
      try await admin.listOffsets([partition: position])[partition]?.get()
    }
    #expect(try await offset(.beginning) == 0)
    #expect(try await offset(.end) == 100)
    #expect(try await offset(.time(1_000_050)) == 50)
    #expect(try await offset(.time(2_000_000)) == 100)
    let consumer = Consumer(client, start: [partition: .time(1_000_090)], stopsAtEnd: true)
    var offsets: [Int64] = []
    while let event = try await consumer.next() {
      guard case .records(let run) = event else { continue }
      run.forEach(with: RecordBatchDecoder(), damaged: { Issue.record($0) }) { offsets.append($0.offset) }
    }
    #expect(offsets == Array(90..<100))
    await consumer.close()
    await client.close()
  }

  @Test func tellsWhatIsOutOfRange() async throws {
    let broker = try TestBroker()
    defer { broker.stop() }
    let client = broker.client()
    try await produce(client, topic: "short", count: 10, keys: 1)
    let partition = TopicPartition("short", 0)
    let consumer = Consumer(client, start: [partition: .offset(500)], stopsAtEnd: false)
    guard case .offsetsLost(let lost)? = try await consumer.next(waitingAtMost: 10_000) else {
      Issue.record("nothing is said of the offset")
      return
    }
    #expect(lost.wanted == 500)
    #expect(lost.continued == 0)
    guard case .records(let run)? = try await consumer.next(waitingAtMost: 10_000) else {
      Issue.record("nothing comes behind the gap")
      return
    }
    #expect(run.firstOffset == 0)
    await consumer.close()
    let end = try await consumer.next()
    if end != nil { Issue.record("a closed consumer goes on") }
    await client.close()
  }

  @Test func closingTheClientEndsWhoeverUsesIt() async throws {
    let broker = try TestBroker()
    let client = broker.client()
    try await produce(client, topic: "ended", count: 1, keys: 1)
    let consumer = Consumer(client, start: [TopicPartition("ended", 0): .offset(1)], stopsAtEnd: false)
    let collector = DeliveryCollector()
    let producer = Producer(client, deliveries: collector.take)
    let topic = try producer.topic("ended")
    try await producer.ready(topic, timeoutMilliseconds: 10_000)
    broker.stop()
    let value: [UInt8] = [1]
    let outcome = value.withUnsafeBytes { producer.send(to: topic, key: nil, value: $0, timestamp: 0, token: 9) }
    #expect(outcome == .accepted)
    let waiting = Task { try await consumer.next() }
    await client.close()
    let result = await waiting.result
    #expect(throws: ClientError(.closed)) { _ = try result.get() }
    await producer.close(timeoutMilliseconds: 1000)
    #expect(collector.failures.map(\.reason) == [.closed])
    await consumer.close()
  }

  @Test func waitsForWhatComesAndEndsWhenCancelled() async throws {
    let broker = try TestBroker()
    defer { broker.stop() }
    let client = broker.client()
    try await produce(client, topic: "later", count: 1, keys: 1)
    let consumer = Consumer(client, start: [TopicPartition("later", 0): .offset(1)], stopsAtEnd: false)
    guard case .idle? = try await consumer.next(waitingAtMost: 50) else {
      Issue.record("something came of nothing")
      return
    }
    async let event = consumer.next(waitingAtMost: 20_000)
    try await produce(client, topic: "later", count: 1, keys: 1)
    guard case .records(let run)? = try await event else {
      Issue.record("nothing came")
      return
    }
    #expect(run.firstOffset == 1)
    let waiting = Task { try await consumer.next() }
    waiting.cancel()
    let cancelled = try await waiting.value
    if cancelled != nil { Issue.record("a cancelled wait goes on") }
    await consumer.close()
    await client.close()
  }
}

func text(_ bytes: UnsafeRawBufferPointer?) -> String {
  bytes.map { String(decoding: $0, as: UTF8.self) } ?? "null"
}

/// Produces numbers as text, with as many keys, at times one millisecond apart from 1,000,000 on.
func produce(_ client: KafkaClient, topic: String, count: Int, keys: Int, from first: Int = 0) async throws {
  let collector = DeliveryCollector()
  let producer = Producer(client, deliveries: collector.take)
  let handle = try producer.topic(topic)
  try await producer.ready(handle, timeoutMilliseconds: 10_000)
  for number in first..<first + count {
    let key = Array("key-\(number % keys)".utf8)
    let value = Array("\(number)".utf8)
    while true {
      let outcome = key.withUnsafeBytes { key in
        value.withUnsafeBytes { value in
          producer.send(
            to: handle, key: key, value: value, timestamp: 1_000_000 + Int64(number), token: UInt64(number))
        }
      }
      if outcome == .accepted { break }
      await producer.waitUntilWritable()
    }
  }
  await producer.flush()
  #expect(collector.failures.isEmpty)
  #expect(collector.acknowledged.count == count)
  await producer.close(timeoutMilliseconds: 1000)
}
