import Base
import BrokerCore
import KafkaProtocol
import MetadataStore
import NIOCore
import Simulator
import Testing

/// A broker on a simulated disk, with one loop, whose effects are carried out at once but for syncs, which a test may
/// hold back.
final class GroupBroker {
  typealias Files = VirtualFileSystem

  let files: Files
  private(set) var broker: Broker<Files>
  private(set) var processor: RequestProcessor<Files>
  var now = Moment(monotonic: 1_000_000_000, wall: 1_700_000_000_000)
  /// Frames without size and correlation id.
  private(set) var answers: [RequestID: ByteBuffer] = [:]
  private(set) var closed: [RequestID: String] = [:]
  private(set) var warnings: [String] = []
  private(set) var notices: [String] = []
  /// Whether what is written is synced at once.
  var syncsAtOnce = true
  private var heldSyncs: [Partition<Files>] = []
  private var numbers: UInt64 = 0
  private let settings: [String: String]

  init(_ settings: [String: String] = [:], files: Files = Files()) throws {
    self.files = files
    self.settings = settings
    if try files.status(path: "/data") == nil { try files.createDirectory("/data") }
    (broker, processor) = try Self.open(files, settings, now)
    start()
  }

  private static func open(
    _ files: Files, _ settings: [String: String], _ now: Moment
  ) throws -> (Broker<Files>, RequestProcessor<Files>) {
    var table = SettingsTable()
    for (name, value) in settings { try table.set(name, to: value) }
    let metadata = try EmbeddedMetadataStore(directory: "/data/metadata", files: files)
    let opening = try BrokerOpening(
      dataDirectory: "/data", files: files, metadata: metadata, table: table, random: SeededRandom(seed: 7))
    let partitions = try opening.partitions.map { try $0.open(now: now).get() }
    var effects: [BrokerEffect<Files>] = []
    let broker = opening.finish(partitions, now: now, effects: &effects)
    let processor = RequestProcessor(broker: broker)
    processor.effects = effects
    return (broker, processor)
  }

  private func start() {
    broker.endpoint = BrokerEndpoint(host: "here", port: 9092)
    processor.connect(connection, host: "10.0.0.1")
    settle()
  }

  private var connection: ConnectionID { ConnectionID(loop: 0, number: 1) }

  /// Another process on what the disk has after the last was killed.
  func restart() throws {
    files.kill()
    heldSyncs = []
    now.monotonic += 1_000_000_000
    (broker, processor) = try Self.open(files, settings, now)
    start()
  }

  func settle() {
    while !processor.effects.isEmpty {
      let effects = processor.effects
      processor.effects = []
      for effect in effects { carryOut(effect) }
    }
  }

  private func carryOut(_ effect: BrokerEffect<Files>) {
    switch effect {
    case .reply(let request, let reply): answer(request, reply)
    case .noReply: break
    case .close(let request, let reason): closed[request] = reason
    case .sync(let partition):
      if syncsAtOnce { partition.sync(effects: &processor.effects) } else { heldSyncs.append(partition) }
    case .work(let request, let work):
      var effects: [BrokerEffect<Files>] = []
      let delivery = work(&effects)
      processor.effects += effects
      processor.deliver(delivery, to: request, now: now)
    case .background(let work): work(&processor.effects)
    case .deliver(let request, let delivery): processor.deliver(delivery, to: request, now: now)
    case .resumeGroups(let shard, _): processor.resume(shard, now: now)
    case .notice(let message): notices.append(message)
    case .warning(_, let message): warnings.append(message)
    }
  }

  private func answer(_ request: RequestID, _ reply: BrokerReply<Files>) {
    guard var frame = reply.frame.contiguous() else { return }
    frame.moveReaderIndex(forwardBy: 8)
    if answers.updateValue(frame, forKey: request) != nil { Issue.record("\(request) was answered twice") }
  }

  /// Syncs what was held back.
  func sync() {
    while !heldSyncs.isEmpty {
      let partitions = heldSyncs
      heldSyncs = []
      for partition in partitions { partition.sync(effects: &processor.effects) }
      settle()
    }
  }

  func wait(milliseconds: Int64) {
    let end = now.monotonic + milliseconds * 1_000_000
    while let next = processor.nextDeadline, next <= end {
      let time = max(next, now.monotonic)
      now.wall += (time - now.monotonic) / 1_000_000
      now.monotonic = time
      processor.expire(now: now)
      settle()
    }
    now.wall += (end - now.monotonic) / 1_000_000
    now.monotonic = end
  }

  func send<Request: RequestMessage>(_ request: Request, _ version: Int16) throws -> RequestID {
    numbers += 1
    let id = RequestID(connection: connection, number: numbers)
    let frame = try request.frame(version: version, correlationID: 1, clientID: "tester")
    var bytes = try #require(frame.contiguous())
    bytes.moveReaderIndex(forwardBy: 4)
    _ = processor.receive(bytes, as: id, now: now)
    settle()
    return id
  }

  func response<Response: ResponseMessage>(
    _ request: RequestID, _ version: Int16, as type: Response.Type = Response.self
  ) throws -> Response? {
    try answers[request].map { try Response(decodingAfterCorrelationID: $0, version: version) }
  }

  /// Sends a request that is answered at once.
  func ask<Request: RequestMessage>(_ request: Request, _ version: Int16) throws -> Request.Response {
    let id = try send(request, version)
    return try #require(try response(id, version), "\(closed[id] ?? "no answer")")
  }
}
