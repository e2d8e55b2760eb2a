import Base
import BrokerCore
import KafkaProtocol
import NIOCore
import Simulator
import TestKit
import Testing

/// Whatever a client sends, the broker answers it, holds it or ends the connection, and goes on.
@Suite struct RequestFuzzTests {
  private static let names = [
    "t", "u", "compacted", "missing", "__consumer_offsets", "g", "group-2", "", "consumer", "range", "retention.ms",
    "cleanup.policy", "compact", "flush", "1", "0", "1000", "lz4",
  ]

  private func makeBroker(_ files: VirtualFileSystem) throws -> TestBroker {
    let test = try TestBroker(
      files,
      [
        "max.partitions": "40", "log.segment.bytes": "16384", "group.max.size": "20",
        "max.incremental.fetch.session.cache.slots": "50",
      ])
    for (name, configs) in [("t", [:]), ("u", ["flush": "os"]), ("compacted", ["cleanup.policy": "compact"])] {
      if test.broker.topics.topic(named: name) == nil { _ = try test.createTopic(name, partitions: 3, configs) }
    }
    return test
  }

  private static func filled<M: RequestMessage>(
    _ type: M.Type, _ version: Int16, _ filler: inout RandomFiller
  ) throws -> ByteBuffer {
    let message = try filler.fill(type)
    let frame = try message.frame(version: version, correlationID: 77, clientID: "fuzz")
    var bytes = frame.contiguous() ?? frame.bytes
    bytes.moveReaderIndex(forwardBy: 4)
    return bytes
  }

  private static func batches() throws -> [[UInt8]] {
    try [
      Batch.of(["a"]), Batch.of(["a", "b", "c"], keys: true),
      Batch.of([String(repeating: "text ", count: 100), "b"], keys: true, codec: .lz4),
      Batch.of([String(repeating: "text ", count: 100)], codec: .zstd),
      Batch.of([String(repeating: "text ", count: 100)], codec: .gzip),
      Batch.of([String(repeating: "text ", count: 100)], codec: .snappy),
      Batch.of(["p"], producer: .init(id: 3, epoch: 0, baseSequence: 0)),
    ]
  }

  @Test func everyRequestInEveryVersion() throws {
    var run = FuzzRun("request")
    var seeds = try FuzzCorpus("requests").all()
    try #require(!seeds.isEmpty)
    let batches = try Self.batches()
    var outcomes = (answered: 0, closed: 0)
    while run.next() {
      let test = try makeBroker(VirtualFileSystem())
      let ids = test.broker.topics.all.map(\.id)
      for _ in 0..<300 {
        let id: RequestID
        if Int.random(in: 0..<5, using: &run.random) == 0, let seed = seeds.randomElement(using: &run.random) {
          id = test.start(ByteBuffer(bytes: run.mutate(seed)), connection: UInt64.random(in: 0...3, using: &run.random))
        } else {
          id = try send(&run, test, ids: ids, batches: batches, &seeds)
        }
        switch test.answers[id] {
        case .frame: outcomes.answered += 1
        case .closed: outcomes.closed += 1
        case .nothing, nil: break
        }
        if Int.random(in: 0..<10, using: &run.random) == 0 { test.advance(milliseconds: 700) }
      }
      test.advance(milliseconds: 4_000_000_000)
      #expect(try test.send(MetadataRequest(), version: 12).brokers.count == 1)
      // What was stored must be readable, and a start must find it.
      test.files.kill()
      let again = try makeBroker(test.files)
      #expect(try again.fetch("t", from: again.firstOffset(of: "t")).errorCode == .none)
    }
    print("request fuzz: \(outcomes.answered) answered, \(outcomes.closed) closed")
    #expect(outcomes.answered > 0)
  }

  /// One well-formed request of any kind, bent in a few bytes now and then.
  private func send(
    _ run: inout FuzzRun, _ test: TestBroker, ids: [UUID], batches: [[UInt8]], _ seeds: inout [[UInt8]]
  ) throws -> RequestID {
    let type = ApiKey.requests[Int.random(in: 0..<ApiKey.requests.count, using: &run.random)]
    let version = Int16.random(in: type.versions, using: &run.random)
    var filler = RandomFiller(
      version: version, isFlexible: type.isFlexible(version), random: SeededRandom(seed: run.random.next()),
      names: Self.names, topicIDs: ids, batches: batches)
    var frame = try Self.filled(type, version, &filler)
    if Int.random(in: 0..<4, using: &run.random) == 0 { frame = ByteBuffer(bytes: run.mutate(Array(buffer: frame))) }
    if seeds.count < 2000 { seeds.append(Array(buffer: frame)) }
    return test.start(frame, connection: UInt64.random(in: 0...3, using: &run.random))
  }
}

extension TestBroker {
  func firstOffset(of topic: String) throws -> Int64 {
    try #require(broker.topics.topic(named: topic)).partitions[0].offsets.logStart
  }
}
