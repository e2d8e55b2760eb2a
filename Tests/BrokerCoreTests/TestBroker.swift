import Base
import BrokerCore
import KafkaProtocol
import LogStore
import MetadataStore
import NIOCore
import Records
import Simulator
import Testing

/// A broker on a simulated disk, with one event loop whose effects are carried out here, one after another.
final class TestBroker {
  typealias Files = VirtualFileSystem

  enum Answer {
    case frame(ByteBuffer)
    case nothing
    case closed(String)
  }

  static let directory = "/data"

  let files: Files
  let broker: Broker<Files>
  let processor: RequestProcessor<Files>
  let notes: [String]
  var now: Moment
  /// Whether syncs happen as soon as they are asked for.
  var syncsAtOnce = true
  /// Whether work that waits for a disk is done as soon as it is asked for.
  var worksAtOnce = true
  private(set) var syncs: [Partition<Files>] = []
  private var works: [(RequestID, BlockingWork<Files>)] = []
  private(set) var answers: [RequestID: Answer] = [:]
  private(set) var warnings: [String] = []
  private(set) var notices: [String] = []
  private(set) var refusals: [(RequestID, String)] = []
  private var nextRequest: UInt64 = 0

  init(
    _ files: Files, _ settings: [String: String] = [:], seed: UInt64 = 1,
    now: Moment = Moment(monotonic: 1_000_000_000, wall: 1_700_000_000_000)
  ) throws {
    self.files = files
    self.now = now
    var table = SettingsTable()
    for (name, value) in settings { try table.set(name, to: value) }
    try files.createDirectory(Self.directory)
    let metadata = try EmbeddedMetadataStore(directory: Self.directory + "/metadata", files: files)
    let opening = try BrokerOpening(
      dataDirectory: Self.directory, files: files, metadata: metadata, table: table, random: SeededRandom(seed: seed))
    notes = opening.notes
    let opened = opening.partitions.map { $0.open(now: now) }
    var effects: [BrokerEffect<Files>] = []
    broker = try opening.finish(opened, now: now, effects: &effects)
    broker.endpoint = BrokerEndpoint(host: "broker.test", port: 9092)
    processor = RequestProcessor(broker: broker)
    processor.effects = effects
    settle()
  }

  convenience init(_ settings: [String: String] = [:]) throws {
    try self.init(VirtualFileSystem(), settings)
  }

  // MARK: - requests

  /// Runs a request and returns its name.
  @discardableResult
  func start<Message: RequestMessage>(_ message: Message, version: Int16, connection: UInt64 = 0) throws -> RequestID {
    let frame = try message.frame(version: version, correlationID: 77, clientID: "test")
    var bytes = frame.contiguous() ?? frame.bytes
    bytes.moveReaderIndex(forwardBy: 4)
    return start(bytes, connection: connection)
  }

  @discardableResult
  func start(_ frame: ByteBuffer, connection: UInt64 = 0) -> RequestID {
    let id = RequestID(connection: ConnectionID(loop: 0, number: connection), number: nextRequest)
    nextRequest += 1
    _ = processor.receive(frame, as: id, now: now)
    settle()
    return id
  }

  /// Runs a request and returns its answer, which must be there at once.
  func send<Message: RequestMessage>(
    _ message: Message, version: Int16, connection: UInt64 = 0, at location: SourceLocation = #_sourceLocation
  ) throws -> Message.Response {
    let id = try start(message, version: version, connection: connection)
    return try #require(try answer(to: id, Message.Response.self, version: version), sourceLocation: location)
  }

  /// nil when there is none yet.
  func answer<Response: ResponseMessage>(to id: RequestID, _ type: Response.Type, version: Int16) throws -> Response? {
    guard case .frame(var frame) = answers[id] else { return nil }
    #expect(frame.readInteger(as: Int32.self).map(Int.init) == frame.readableBytes)
    #expect(frame.readInteger(as: Int32.self) == 77)
    return try Response(decodingAfterCorrelationID: frame, version: version)
  }

  // MARK: - effects

  func settle() {
    while !processor.effects.isEmpty {
      let effects = processor.effects
      processor.effects = []
      for effect in effects { carryOut(effect) }
    }
  }

  private func carryOut(_ effect: BrokerEffect<Files>) {
    switch effect {
    case .reply(let id, let reply):
      #expect(answers[id] == nil, "a request is answered once")
      answers[id] = .frame(whole(reply))
    case .noReply(let id): answers[id] = .nothing
    case .close(let id, let reason): answers[id] = .closed(reason)
    case .refused(let id, let reason): refusals.append((id, reason))
    case .sync(let partition):
      if syncsAtOnce { partition.sync(effects: &processor.effects) } else { syncs.append(partition) }
    case .work(let id, let work), .administer(let id, let work):
      if worksAtOnce { run(id, work) } else { works.append((id, work)) }
    case .background(let work): work(&processor.effects)
    case .deliver(let id, let delivery): processor.deliver(delivery, to: id, now: now)
    case .warning(_, let message): warnings.append(message)
    case .notice(_, let message): notices.append(message)
    case .resumeGroups(let shard, _): processor.resume(shard, now: now)
    }
  }

  private func run(_ id: RequestID, _ work: BlockingWork<Files>) {
    let delivery = work(&processor.effects)
    processor.deliver(delivery, to: id, now: now)
  }

  func runSyncs() {
    let partitions = syncs
    syncs = []
    for partition in partitions { partition.sync(effects: &processor.effects) }
    settle()
  }

  func runWorks() {
    let begun = works
    works = []
    for (id, work) in begun { run(id, work) }
    settle()
  }

  func advance(milliseconds: Int64) {
    now = Moment(monotonic: now.monotonic + milliseconds * 1_000_000, wall: now.wall + milliseconds)
    processor.expire(now: now)
    settle()
  }

  private func whole(_ reply: BrokerReply<Files>) -> ByteBuffer {
    var bytes = ByteBuffer()
    reply.frame.forEachPiece { piece in
      switch piece {
      case .bytes(let piece): bytes.writeImmutableBuffer(piece)
      case .external(let count, let index):
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { buffer in
          do {
            return try reply.slices[index].read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(count)))
          } catch {
            Issue.record("cannot read a slice: \(error)")
            return 0
          }
        }
      }
    }
    return bytes
  }

  // MARK: - what tests ask for often

  func createTopic(
    _ name: String, partitions: Int32 = 1, _ configs: [String: String] = [:],
    at location: SourceLocation = #_sourceLocation
  ) throws -> UUID {
    let result = try createTopicResult(name, partitions: partitions, configs)
    try #require(result.errorCode == .none, "\(result.errorMessage ?? "")", sourceLocation: location)
    return result.topicID
  }

  func createTopicResult(
    _ name: String, partitions: Int32 = 1, replicas: Int16 = 1, validateOnly: Bool = false,
    _ configs: [String: String] = [:]
  ) throws -> CreateTopicsResponse.CreatableTopicResult {
    var topic = CreateTopicsRequest.CreatableTopic()
    topic.name = name
    topic.numPartitions = partitions
    topic.replicationFactor = replicas
    topic.configs = configs.sorted { $0.key < $1.key }.map { name, value in
      var config = CreateTopicsRequest.CreatableTopicConfig()
      config.name = name
      config.value = value
      return config
    }
    var request = CreateTopicsRequest()
    request.topics = [topic]
    request.validateOnly = validateOnly
    return try #require(try send(request, version: 7).topics.first)
  }

  /// Changes one setting of a topic.
  func set(_ config: String, of topic: String, to value: String) throws -> ErrorCode {
    var alterable = IncrementalAlterConfigsRequest.AlterableConfig()
    alterable.name = config
    alterable.value = value
    var resource = IncrementalAlterConfigsRequest.AlterConfigsResource()
    resource.resourceType = 2
    resource.resourceName = topic
    resource.configs = [alterable]
    var request = IncrementalAlterConfigsRequest()
    request.resources = [resource]
    return try #require(try send(request, version: 1).responses.first).errorCode
  }

  func produceRequest(_ topic: String, acks: Int16 = -1, _ batch: [UInt8]) -> ProduceRequest {
    produceRequest(topic, 0, acks: acks, batch)
  }

  func produceRequest(_ topic: String, _ partition: Int32, acks: Int16 = -1, _ batch: [UInt8]) -> ProduceRequest {
    var data = ProduceRequest.PartitionProduceData()
    data.index = partition
    data.records = .bytes(ByteBuffer(bytes: batch))
    var topicData = ProduceRequest.TopicProduceData()
    topicData.name = topic
    topicData.partitionData = [data]
    var request = ProduceRequest()
    request.acks = acks
    request.timeoutMs = 1000
    request.topicData = [topicData]
    return request
  }

  func produce(_ topic: String, _ batch: [UInt8]) throws -> ProduceResponse.PartitionProduceResponse {
    try produce(topic, 0, batch)
  }

  func produce(
    _ topic: String, _ partition: Int32, _ batch: [UInt8]
  ) throws -> ProduceResponse.PartitionProduceResponse {
    let response = try send(produceRequest(topic, partition, batch), version: 9)
    return try #require(response.responses.first?.partitionResponses.first)
  }

  func fetchRequest(
    _ topic: String, _ partition: Int32 = 0, from offset: Int64, minBytes: Int32 = 0, maxWait: Int32 = 0,
    maxBytes: Int32 = 1 << 20
  ) -> FetchRequest {
    var part = FetchRequest.FetchPartition()
    part.partition = partition
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

  func fetch(_ topic: String, _ partition: Int32 = 0, from offset: Int64) throws -> FetchResponse.PartitionData {
    let response = try send(fetchRequest(topic, partition, from: offset), version: 12)
    return try #require(response.responses.first?.partitions.first)
  }
}

enum Batch {
  /// One batch with these values, without compression unless told.
  static func of(
    _ values: [String], keys: Bool = false, codec: Compression = .none, timestamp: Int64 = 1_700_000_000_000,
    producer: RecordProducer = .none
  ) throws -> [UInt8] {
    var builder = RecordBatchBuilder()
    for (index, value) in values.enumerated() {
      let key = keys ? Array("k\(index)".utf8) : nil
      try Array(value.utf8).withUnsafeBytes { value in
        if let key {
          try key.withUnsafeBytes { try builder.append(key: $0, value: value, timestamp: timestamp + Int64(index)) }
        } else {
          try builder.append(key: nil, value: value, timestamp: timestamp + Int64(index))
        }
      }
    }
    return try builder.build(codec, with: Compressor(), producer: producer)
  }

  /// Offset and value of each record in fetched batches.
  static func records(_ payload: RecordsPayload) throws -> [(offset: Int64, value: String)] {
    guard case .bytes(let buffer) = payload else { return [] }
    var records: [(Int64, String)] = []
    let decoder = RecordBatchDecoder()
    try buffer.withUnsafeReadableBytes { bytes in
      var reader = RecordBatchReader(bytes)
      while let batch = try reader.next() {
        var iterator = try decoder.records(of: batch)
        while let record = try iterator.next() {
          records.append(
            (
              record.offset,
              String(decoding: record.value ?? UnsafeRawBufferPointer(start: nil, count: 0), as: UTF8.self)
            ))
        }
      }
    }
    return records
  }
}
