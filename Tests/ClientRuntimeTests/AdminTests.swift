import Base
import ClientCore
import ClientRuntime
import KafkaProtocol
import Testing

@Suite struct AdminTests {
  @Test func managesTopics() async throws {
    let broker = try TestBroker()
    defer { broker.stop() }
    let client = broker.client()
    let admin = Admin(client)
    let created = try await admin.createTopics([
      NewTopic(name: "a", partitionCount: 2, configs: ["retention.ms": "60000"]), NewTopic(name: "b"),
    ])
    try created["a"]?.get()
    try created["b"]?.get()
    let again = try await admin.createTopics([NewTopic(name: "a")])
    #expect(throws: ClientError.self) { try again["a"]?.get() }
    #expect(try await admin.listTopics().map(\.name) == ["a", "b"])
    try await admin.createPartitions(topic: "a", count: 5)
    let described = try await admin.describeTopics(["a", "missing"])
    #expect(try described["a"]?.get().partitions.map(\.index) == [0, 1, 2, 3, 4])
    let missing = #expect(throws: ClientError.self) { try described["missing"]?.get() }
    #expect(missing?.code == .unknownTopicOrPartition)
    let deleted = try await admin.deleteTopics(["b"])
    try deleted["b"]?.get()
    #expect(try await admin.listTopics().map(\.name) == ["a"])
    await client.close()
  }

  @Test func managesConfigs() async throws {
    let broker = try TestBroker()
    defer { broker.stop() }
    let client = broker.client()
    let admin = Admin(client)
    try await admin.createTopics([NewTopic(name: "a")])["a"]?.get()
    try await admin.alterConfigs(.topic("a"), ["retention.ms": "12345"])
    let changed = try await admin.describeConfigs(.topic("a")).first { $0.name == "retention.ms" }
    #expect(changed?.value == "12345")
    #expect(changed?.source == .topic)
    try await admin.alterConfigs(.topic("a"), ["retention.ms": nil])
    let restored = try await admin.describeConfigs(.topic("a")).first { $0.name == "retention.ms" }
    #expect(restored?.source != .topic)
    let error = await #expect(throws: ClientError.self) {
      try await admin.alterConfigs(.topic("a"), ["retention.msec": "1"])
    }
    #expect(error?.code == .invalidConfig)
    await client.close()
  }

  @Test func describesTheCluster() async throws {
    let broker = try TestBroker()
    defer { broker.stop() }
    let client = broker.client()
    let cluster = try await Admin(client).describeCluster()
    #expect(cluster.brokers.map(\.address) == [broker.address])
    #expect(!cluster.clusterID.isEmpty)
    await client.close()
  }
}
