import Base
import ClientCore
import ClientRuntime
import KafkaProtocol
import Records
import Synchronization
import Testing

/// Keeps what the members of a group were told and what they read.
private final class GroupLedger: RebalanceListener {
  struct State {
    var owned: Set<TopicPartition> = []
    var seen: [TopicPartition: [Int64]] = [:]
    var assignments = 0
  }

  let state = Mutex(State())

  func assigned(_ partitions: [TopicPartition]) async -> [TopicPartition: Int64] {
    state.withLock { state in
      state.owned.formUnion(partitions)
      state.assignments += 1
    }
    return [:]
  }

  func revoked(_ partitions: [TopicPartition]) async {
    state.withLock { $0.owned.subtract(partitions) }
  }

  func lost(_ partitions: [TopicPartition]) async {
    state.withLock { $0.owned.subtract(partitions) }
  }

  func add(_ run: FetchedRecords) {
    var offsets: [Int64] = []
    run.forEach(with: RecordBatchDecoder(), damaged: { Issue.record($0) }) { offsets.append($0.offset) }
    state.withLock { $0.seen[run.partition, default: []] += offsets }
  }

  var owned: Set<TopicPartition> { state.withLock { $0.owned } }
  var count: Int { state.withLock { $0.seen.values.reduce(0) { $0 + $1.count } } }
}

@Suite struct GroupConsumerTests {
  private static func options(_ assignor: GroupOptions.Assignor) -> GroupOptions {
    var options = GroupOptions(group: "readers", topics: ["group"])
    options.assignors = [assignor]
    options.heartbeatIntervalMilliseconds = 100
    options.sessionTimeoutMilliseconds = 6_000
    return options
  }

  @Test(arguments: GroupOptions.Assignor.allCases)
  func sharesPartitionsAndContinues(assignor: GroupOptions.Assignor) async throws {
    let broker = try TestBroker(settings: ["num.partitions": "4"])
    defer { broker.stop() }
    let client = broker.client()
    try await produce(client, topic: "group", count: 1000, keys: 40)
    let options = Self.options(assignor)
    let ledgers = [GroupLedger(), GroupLedger()]
    let first = GroupConsumer(client, options: options, listener: ledgers[0])
    try await read(first, ledgers[0]) { ledgers[0].count == 1000 }
    #expect(ledgers[0].owned.count == 4)

    // A second member takes half of them.
    let second = GroupConsumer(client, options: options, listener: ledgers[1])
    async let other: Void = read(second, ledgers[1]) {
      ledgers[0].owned.count == 2 && ledgers[1].owned.count == 2 || ledgers[1].count > 0
    }
    try await read(first, ledgers[0]) { ledgers[0].owned.count == 2 && ledgers[1].owned.count == 2 }
    try await other
    #expect(ledgers[0].owned.isDisjoint(with: ledgers[1].owned))

    // Nothing that was committed is read again.
    try await produce(client, topic: "group", count: 1000, keys: 40, from: 1000)
    async let rest: Void = read(second, ledgers[1]) { ledgers[0].count + ledgers[1].count >= 2000 }
    try await read(first, ledgers[0]) { ledgers[0].count + ledgers[1].count >= 2000 }
    try await rest
    #expect(ledgers[0].count + ledgers[1].count == 2000)

    // The one that stays gets everything back.
    await second.close()
    #expect(ledgers[1].owned.isEmpty)
    try await read(first, ledgers[0]) { ledgers[0].owned.count == 4 }
    let description = try await Admin(client).describeGroup("readers")
    #expect(description.state == "Stable")
    #expect(description.members.count == 1)
    #expect(description.positions.map(\.lag) == [0, 0, 0, 0])
    await first.close()
    #expect(try await Admin(client).listGroups().map(\.id) == ["readers"])
    try await Admin(client).deleteGroup("readers")
    await client.close()
  }

  @Test func outlivesItsBroker() async throws {
    let broker = try TestBroker(settings: ["num.partitions": "2"])
    defer { broker.stop() }
    let client = broker.client()
    try await produce(client, topic: "group", count: 100, keys: 10)
    let ledger = GroupLedger()
    let consumer = GroupConsumer(client, options: Self.options(.cooperativeSticky), listener: ledger)
    try await read(consumer, ledger) { ledger.count == 100 }
    try broker.restart()
    try await produce(client, topic: "group", count: 100, keys: 10, from: 100)
    try await read(consumer, ledger) { ledger.count >= 200 }
    #expect(ledger.count == 200)
    #expect(ledger.owned.count == 2)
    await consumer.close()
    await client.close()
  }

  /// Reads and commits until it is done.
  private func read(
    _ consumer: GroupConsumer, _ ledger: GroupLedger, until isDone: () -> Bool
  ) async throws {
    let clock = ContinuousClock()
    let limit = clock.now + .seconds(30)
    while !isDone() {
      guard clock.now < limit else {
        Issue.record("it does not come to an end: \(ledger.owned), \(ledger.count) records")
        return
      }
      guard case .records(let run)? = try await consumer.next(waitingAtMost: 20) else { continue }
      ledger.add(run)
      try await consumer.commit([run.partition: run.nextOffset])
    }
  }
}
