import Base
import BrokerCore
import KafkaProtocol
import Simulator
import Testing

@Suite struct SettingTests {
  private func describe(
    _ test: TestBroker, _ type: Int8, _ name: String, keys: [String]? = nil
  ) throws -> DescribeConfigsResponse.DescribeConfigsResult {
    var resource = DescribeConfigsRequest.DescribeConfigsResource()
    resource.resourceType = type
    resource.resourceName = name
    resource.configurationKeys = keys
    var request = DescribeConfigsRequest()
    request.resources = [resource]
    request.includeSynonyms = true
    request.includeDocumentation = true
    return try #require(try test.send(request, version: 4).results.first)
  }

  private func alter(
    _ test: TestBroker, _ type: Int8, _ name: String, _ config: String, _ operation: Int8, _ value: String?,
    validateOnly: Bool = false
  ) throws -> IncrementalAlterConfigsResponse.AlterConfigsResourceResponse {
    var alterable = IncrementalAlterConfigsRequest.AlterableConfig()
    alterable.name = config
    alterable.configOperation = operation
    alterable.value = value
    var resource = IncrementalAlterConfigsRequest.AlterConfigsResource()
    resource.resourceType = type
    resource.resourceName = name
    resource.configs = [alterable]
    var request = IncrementalAlterConfigsRequest()
    request.resources = [resource]
    request.validateOnly = validateOnly
    return try #require(try test.send(request, version: 1).responses.first)
  }

  @Test func topicSettingsComeFromSomewhere() throws {
    let test = try TestBroker(["log.retention.hours": "2", "log.segment.bytes": "20000"])
    _ = try test.createTopic("t", ["cleanup.policy": "compact"])
    let configs = try describe(test, 2, "t").configs
    let byName = Dictionary(uniqueKeysWithValues: configs.map { ($0.name, $0) })
    let retention = try #require(byName["retention.ms"])
    #expect(retention.value == "7200000")
    #expect(retention.configSource == 4)
    #expect(retention.configType == 5)
    #expect(retention.synonyms.map(\.name).contains("log.retention.hours"))
    #expect(byName["cleanup.policy"]?.value == "compact")
    #expect(byName["cleanup.policy"]?.configSource == 1)
    #expect(byName["cleanup.policy"]?.configType == 7)
    #expect(byName["max.message.bytes"]?.configSource == 5)
    #expect(byName.values.allSatisfy { $0.documentation?.isEmpty == false })
    #expect(try describe(test, 2, "t", keys: ["flush"]).configs.map(\.name) == ["flush"])
    #expect(try describe(test, 2, "missing").errorCode == .unknownTopicOrPartition)
    #expect(try describe(test, 3, "t").errorCode == .invalidRequest)
  }

  @Test func retentionIsFourteenDaysUnlessTold() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    #expect(try describe(test, 2, "t", keys: ["retention.ms"]).configs.map(\.value) == ["1209600000"])
  }

  @Test func topicSettingsChangeAndStay() throws {
    let files = VirtualFileSystem()
    let test = try TestBroker(files)
    _ = try test.createTopic("t")
    #expect(try alter(test, 2, "t", "max.message.bytes", 0, "100", validateOnly: true).errorCode == .none)
    #expect(try test.produce("t", try Batch.of([String(repeating: "x", count: 500)])).errorCode == .none)
    #expect(try alter(test, 2, "t", "max.message.bytes", 0, "100").errorCode == .none)
    #expect(
      try test.produce("t", try Batch.of([String(repeating: "x", count: 500)])).errorCode == .messageTooLarge)
    #expect(try alter(test, 2, "t", "cleanup.policy", 2, "compact").errorCode == .none)
    #expect(try describe(test, 2, "t", keys: ["cleanup.policy"]).configs.map(\.value) == ["delete,compact"])
    #expect(try alter(test, 2, "t", "cleanup.policy", 3, "delete").errorCode == .none)
    files.kill()
    let again = try TestBroker(files)
    #expect(try describe(again, 2, "t", keys: ["cleanup.policy"]).configs.map(\.value) == ["compact"])
    #expect(try alter(again, 2, "t", "max.message.bytes", 1, nil).errorCode == .none)
    #expect(try describe(again, 2, "t", keys: ["max.message.bytes"]).configs.map(\.value) == ["1048588"])
  }

  @Test func wrongSettingsAreRefusedByName() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    let unknown = try alter(test, 2, "t", "retention.mss", 0, "1")
    #expect(unknown.errorCode == .invalidConfig)
    #expect(unknown.errorMessage?.contains("retention.ms") == true)
    #expect(try alter(test, 2, "t", "retention.ms", 0, "x").errorCode == .invalidConfig)
    #expect(try alter(test, 2, "t", "retention.ms", 2, "1").errorCode == .invalidConfig)
    #expect(try alter(test, 2, "t", "retention.ms", 9, "1").errorCode == .invalidRequest)
    #expect(try alter(test, 2, "t", "min.insync.replicas", 0, "2").errorCode == .invalidConfig)
    #expect(try alter(test, 2, "missing", "retention.ms", 0, "1").errorCode == .unknownTopicOrPartition)
    #expect(try alter(test, 4, "1", "num.partitions", 0, "3").errorCode == .invalidRequest)
    #expect(try alter(test, 4, "2", "flush", 0, "os").errorCode == .invalidRequest)
  }

  @Test func brokerSettingsChangeAndStay() throws {
    let files = VirtualFileSystem()
    let test = try TestBroker(files, ["log.retention.ms": "1000"])
    _ = try test.createTopic("t")
    #expect(try alter(test, 4, "", "log.retention.ms", 0, "2000").errorCode == .none)
    #expect(try describe(test, 2, "t", keys: ["retention.ms"]).configs.map(\.value) == ["2000"])
    #expect(try alter(test, 4, "1", "log.retention.ms", 0, "3000").errorCode == .none)
    files.kill()
    let again = try TestBroker(files, ["log.retention.ms": "1000"])
    let config = try #require(try describe(again, 4, "1", keys: ["log.retention.ms"]).configs.first)
    #expect(config.value == "3000")
    #expect(config.synonyms.map(\.value) == ["3000", "2000", "1000"])
    #expect(config.synonyms.map(\.source) == [2, 3, 4])
    #expect(try describe(again, 4, "", keys: nil).configs.map(\.name) == ["log.retention.ms"])
    let fixed = try #require(try describe(again, 4, "1", keys: ["num.partitions"]).configs.first)
    #expect(fixed.readOnly)
  }

  @Test func unknownSettingNamesTheNearest() {
    var table = SettingsTable()
    let error = #expect(throws: SettingError.self) { try table.set("num.partition", to: "3") }
    #expect(error?.nearest == "num.partitions")
    #expect(throws: SettingError.self) { try table.set("num.partitions", to: "0") }
  }

  /// A topic's default is the broker's, by whatever unit it is written in.
  @Test func defaultsAgree() throws {
    let settings = SettingsTable().settings
    #expect(settings.topicDefaults.log.retentionMilliseconds == 14 * 86_400_000)
    #expect(settings.topicDefaults.log.segmentMilliseconds == 7 * 86_400_000)
    #expect(settings.topicDefaults.syncsBeforeAcknowledging)
    #expect(settings.requestByteLimit == 100 << 20)
    #expect(settings.recordValidation == .full)
  }
}
