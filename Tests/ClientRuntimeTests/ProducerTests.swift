import Base
import ClientCore
import ClientRuntime
import Records
import Testing

@Suite struct ProducerTests {
  @Test func producesKeyedRecords() async throws {
    let broker = try TestBroker(settings: ["num.partitions": "3"])
    defer { broker.stop() }
    let client = broker.client()
    let collector = DeliveryCollector()
    let producer = Producer(client, deliveries: collector.take)
    let topic = try producer.topic("lines")
    try await producer.ready(topic, timeoutMilliseconds: 10_000)
    for token in 0..<10_000 {
      await send(producer, topic, key: "key-\(token % 7)", value: "value \(token)", token: UInt64(token))
    }
    await producer.flush()
    #expect(collector.failures.isEmpty)
    #expect(collector.acknowledged.sorted() == Array(0..<10_000))
    var offsets: [Int32: Set<Int64>] = [:]
    for delivery in collector.deliveries {
      let base = try delivery.result.get()
      for index in delivery.tokens.indices {
        #expect(offsets[delivery.partition.partition, default: []].insert(base + Int64(index)).inserted)
      }
    }
    for (_, found) in offsets { #expect(found == Set(0..<Int64(found.count))) }
    #expect(producer.bufferedByteCount == 0)
    await producer.close(timeoutMilliseconds: 1000)
    await client.close()
  }

  @Test func waitsWhileTheBrokerIsAway() async throws {
    let broker = try TestBroker()
    defer { broker.stop() }
    let client = broker.client()
    let collector = DeliveryCollector()
    var options = ProducerOptions()
    options.deliveryTimeoutMilliseconds = nil
    let producer = Producer(client, options: options, deliveries: collector.take)
    let topic = try producer.topic("patient")
    try await producer.ready(topic, timeoutMilliseconds: 10_000)
    for round in 0..<4 {
      for token in round * 1000..<(round + 1) * 1000 {
        await send(producer, topic, key: nil, value: "value \(token)", token: UInt64(token))
      }
      try broker.restart()
    }
    await producer.flush()
    #expect(collector.failures.isEmpty)
    #expect(collector.acknowledged == Array(0..<4000))
    await producer.close(timeoutMilliseconds: 1000)
    await client.close()
  }

  @Test func saysWhyNobodyAnswers() async throws {
    let options = KafkaClientOptions(clientID: "lonely", randomSeed: 1)
    let client = KafkaClient(bootstrap: [BrokerAddress(host: "127.0.0.1", port: 1)], options: options)
    let error = await #expect(throws: ClientError.self) { try await client.connect(timeoutMilliseconds: 300) }
    #expect(error?.description.contains("127.0.0.1:1") == true)
    #expect(error?.description.contains("refused") == true)
    let collector = DeliveryCollector()
    let producer = Producer(client, deliveries: collector.take)
    let topic = try producer.topic("nowhere")
    #expect(
      producer.send(to: topic, key: nil, value: nil, timestamp: 0, token: 0) == .topicNotReady)
    await producer.close(timeoutMilliseconds: 10)
    #expect(producer.send(to: topic, key: nil, value: nil, timestamp: 0, token: 0) == .closed)
    await client.close()
  }

  @Test func refusesImpossibleNames() async throws {
    let client = KafkaClient(
      bootstrap: [BrokerAddress(host: "127.0.0.1", port: 1)], options: KafkaClientOptions(clientID: "x", randomSeed: 1))
    let producer = Producer(client, deliveries: { _ in })
    #expect(throws: ClientError.self) { try producer.topic("a/b") }
    #expect(throws: ClientError.self) { try producer.topic("") }
    await producer.close(timeoutMilliseconds: 0)
    await client.close()
  }

  private func send(
    _ producer: Producer, _ topic: ProducerTopic, key: String?, value: String, token: UInt64
  ) async {
    while true {
      let keyBytes = Array((key ?? "").utf8)
      let valueBytes = Array(value.utf8)
      let outcome = keyBytes.withUnsafeBytes { keyBytes in
        valueBytes.withUnsafeBytes { value in
          producer.send(
            to: topic, key: key == nil ? nil : keyBytes, value: value, timestamp: 1_700_000_000_000, token: token)
        }
      }
      if outcome == .accepted { return }
      #expect(outcome == .full)
      await producer.waitUntilWritable()
    }
  }
}
