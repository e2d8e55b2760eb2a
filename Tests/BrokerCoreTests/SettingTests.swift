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
    #expect(try alter(test, 2, "t", "min.insync.replicas", 0, "0").errorCode == .invalidConfig)
    #expect(try alter(test, 2, "missing", "retention.ms", 0, "1").errorCode == .unknownTopicOrPartition)
    #expect(try alter(test, 4, "1", "num.partitions", 0, "3").errorCode == .invalidRequest)
    #expect(try alter(test, 4, "2", "flush", 0, "os").errorCode == .invalidRequest)
  }

  private func replace(
    _ test: TestBroker, _ resources: [(type: Int8, name: String, configs: [(String, String?)])],
    validateOnly: Bool = false, version: Int16 = 2
  ) throws -> [AlterConfigsResponse.AlterConfigsResourceResponse] {
    var request = AlterConfigsRequest()
    request.validateOnly = validateOnly
    request.resources = resources.map { type, name, configs in
      var resource = AlterConfigsRequest.AlterConfigsResource()
      resource.resourceType = type
      resource.resourceName = name
      resource.configs = configs.map { name, value in
        var config = AlterConfigsRequest.AlterableConfig()
        config.name = name
        config.value = value
        return config
      }
      return resource
    }
    return try test.send(request, version: version).responses
  }

  private func values(_ test: TestBroker, _ type: Int8, _ name: String, _ keys: [String]) throws -> [String?] {
    let configs = try describe(test, type, name, keys: keys).configs
    return keys.map { key in configs.first { $0.name == key }.flatMap(\.value) }
  }

  /// AlterConfigs replaces all that is set: what it does not name goes back to its default.
  @Test(arguments: Array(AlterConfigsRequest.versions))
  func settingsAreReplaced(version: Int16) throws {
    let files = VirtualFileSystem()
    let test = try TestBroker(files)
    _ = try test.createTopic("t", ["retention.ms": "1000", "segment.bytes": "20000"])
    let keys = ["retention.ms", "segment.bytes"]
    let new: [(String, String?)] = [("retention.ms", "2000")]
    #expect(try replace(test, [(2, "t", new)], validateOnly: true, version: version).map(\.errorCode) == [.none])
    #expect(try values(test, 2, "t", keys) == ["1000", "20000"])
    #expect(try replace(test, [(2, "t", new)], version: version).map(\.errorCode) == [.none])
    #expect(try values(test, 2, "t", keys) == ["2000", "1073741824"])
    #expect(try alter(test, 4, "1", "log.segment.bytes", 0, "30000").errorCode == .none)
    #expect(try replace(test, [(4, "1", [("log.retention.ms", "5")])], version: version).map(\.errorCode) == [.none])
    #expect(try values(test, 4, "1", ["log.retention.ms", "log.segment.bytes"]) == ["5", "1073741824"])
    files.kill()
    let again = try TestBroker(files)
    #expect(try values(again, 2, "t", keys) == ["2000", "1073741824"])
    #expect(try replace(again, [(2, "t", []), (4, "1", [])], version: version).map(\.errorCode) == [.none, .none])
    #expect(try values(again, 2, "t", keys) == ["1209600000", "1073741824"])
  }

  @Test func onlyResourcesThatAreWrongAreRefused() throws {
    let test = try TestBroker()
    for name in ["t", "u", "v"] { _ = try test.createTopic(name) }
    let results = try replace(
      test,
      [
        (2, "missing", [("retention.ms", "1")]), (2, "t", [("retention.ms", nil)]), (2, "u", [("retention.mss", "1")]),
        (2, "v", [("retention.ms", "7")]), (4, "9", [("flush", "os")]), (4, "1", [("node.id", "3")]),
        (3, "t", []), (2, "", []),
      ])
    #expect(
      results.map(\.errorCode) == [
        .unknownTopicOrPartition, .invalidRequest, .invalidConfig, .none, .invalidRequest, .invalidRequest,
        .invalidRequest, .invalidRequest,
      ])
    #expect(results.map { ($0.errorMessage ?? "").isEmpty } == results.map { $0.errorCode == .none })
    #expect(try values(test, 2, "v", ["retention.ms"]) == ["7"])
    // Of two that say different things, neither counts.
    let twice = try replace(test, [(2, "t", [("retention.ms", "1")]), (2, "t", [("retention.ms", "2")]), (2, "u", [])])
    #expect(twice.map(\.errorCode) == [.invalidRequest, .invalidRequest, .none])
    let same = try replace(test, [(2, "t", [("retention.ms", "1"), ("retention.ms", "1")])])
    #expect(same.map(\.errorCode) == [.invalidRequest])
    #expect(try values(test, 2, "t", ["retention.ms"]) == ["1209600000"])
  }

  @Test func whatHasSettingsIsListed() throws {
    let test = try TestBroker()
    for name in ["b", "a"] { _ = try test.createTopic(name) }
    func list(_ types: [Int8], version: Int16 = 1) throws -> (ErrorCode, [String]) {
      var request = ListConfigResourcesRequest()
      request.resourceTypes = types
      let response = try test.send(request, version: version)
      return (response.errorCode, response.configResources.map { "\($0.resourceType) \($0.resourceName)" })
    }
    #expect(try list([]) == (.none, ["4 1", "2 a", "2 b"]))
    #expect(try list([2]) == (.none, ["2 a", "2 b"]))
    #expect(try list([4, 32]) == (.none, ["4 1"]))
    #expect(try list([8, 16, 32]) == (.none, []))
    #expect(try list([2, 3]) == (.unsupportedVersion, []))
    // The oldest version asks for client metrics alone.
    #expect(try list([], version: 0) == (.none, []))
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
