import Base
import BrokerCore
import BrokerServer
import Daemon
import Glibc
import KafkaProtocol
import NIOCore
import Records

/// A broker of this process with a data directory and a log of its own.
final class TestServer {
  let directory: String
  let broker: RunningBroker
  private let logPath: String
  private let logDescriptor: Int32
  private var isStopped = false

  init(_ settings: [String: String] = [:], directory: String? = nil) throws {
    let directory = directory ?? Self.temporaryDirectory()
    self.directory = directory
    logPath = "\(directory).log"
    logDescriptor = open(logPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    var table = SettingsTable()
    for (name, value) in ["listeners": "127.0.0.1:0", "log.dirs": directory].merging(settings, uniquingKeysWith: { $1 })
    {
      try table.set(name, to: value)
    }
    broker = try RunningBroker(table, log: Log(descriptor: logDescriptor, level: .debug, style: .plain))
  }

  deinit {
    if !isStopped { broker.stop() }
    close(logDescriptor)
    Self.remove(directory)
    unlink(logPath)
  }

  /// Ends the broker in order; its directory stays until this value goes.
  func stop() -> Bool {
    isStopped = true
    return broker.stop()
  }

  var log: String {
    guard let file = fopen(logPath, "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  func connect() throws -> RawConnection { try RawConnection(port: broker.port) }

  /// A fixed text of the log must come; it is written by another thread.
  func waitForLog(_ text: String) -> Bool {
    for _ in 0..<2000 {
      if log.contains(text) { return true }
      usleep(5000)
    }
    return false
  }

  static func temporaryDirectory() -> String {
    var template = Array("/tmp/splashdam-broker-XXXXXX".utf8CString)
    let path = template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!).map { String(cString: $0) } }
    return path ?? "/tmp/splashdam-broker-failed"
  }

  private static func remove(_ directory: String) {
    guard let handle = opendir(directory) else { return }
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name == "." || name == ".." { continue }
      let path = "\(directory)/\(name)"
      if unlink(path) != 0 { remove(path) }
    }
    closedir(handle)
    rmdir(directory)
  }
}

enum Requests {
  static func batch(_ values: [[UInt8]]) throws -> [UInt8] {
    var builder = RecordBatchBuilder()
    for value in values {
      try value.withUnsafeBytes { try builder.append(key: nil, value: $0, timestamp: 1_700_000_000_000) }
    }
    return try builder.build(.none, with: Compressor(), producer: .none)
  }

  static func createTopic(_ name: String, partitions: Int32 = 1, _ configs: [String: String] = [:])
    -> CreateTopicsRequest
  {
    var topic = CreateTopicsRequest.CreatableTopic()
    topic.name = name
    topic.numPartitions = partitions
    topic.replicationFactor = 1
    topic.configs = configs.map { name, value in
      var config = CreateTopicsRequest.CreatableTopicConfig()
      config.name = name
      config.value = value
      return config
    }
    var request = CreateTopicsRequest()
    request.topics = [topic]
    return request
  }

  static func produce(_ topic: String, _ batch: [UInt8], acks: Int16 = -1) -> ProduceRequest {
    var data = ProduceRequest.PartitionProduceData()
    data.records = .bytes(ByteBuffer(bytes: batch))
    var topicData = ProduceRequest.TopicProduceData()
    topicData.name = topic
    topicData.partitionData = [data]
    var request = ProduceRequest()
    request.acks = acks
    request.topicData = [topicData]
    return request
  }

  static func fetch(
    _ topic: String, from offset: Int64 = 0, maxWait: Int32 = 0, minBytes: Int32 = 1, maxBytes: Int32 = 64 << 20
  ) -> FetchRequest {
    var part = FetchRequest.FetchPartition()
    part.fetchOffset = offset
    part.partitionMaxBytes = maxBytes
    var fetchTopic = FetchRequest.FetchTopic()
    fetchTopic.topic = topic
    fetchTopic.partitions = [part]
    var request = FetchRequest()
    request.minBytes = minBytes
    request.maxWaitMs = maxWait
    request.topics = [fetchTopic]
    return request
  }
}
