import Base
import Records
import Simulator
import SinkCore
import Testing

/// A log of a few partitions, a group's offsets, a disk, and a sink between them that may be killed at any time.
struct SinkWorld {
  static let topicID = UUID(high: 1, low: 2)
  static let stateDirectory = "/state"

  struct Line: Hashable {
    var partition: TopicPartition
    var offset: Int64
    var host: String
    var text: String
  }

  let files = VirtualFileSystem()
  let settings: FileSinkSettings
  private(set) var log: [TopicPartition: [Line]] = [:]
  var committed: [TopicPartition: Int64] = [:]
  var assigned: [TopicPartition] = []
  /// Where the consumer reads on.
  var position: [TopicPartition: Int64] = [:]
  var sink: FileSink<VirtualFileSystem>

  init(
    path: String, partitions: Int32, linesPerPartition: Int, hosts: Int, bufferSize: Int, openFileLimit: Int,
    _ random: inout SeededRandom
  ) throws {
    settings = FileSinkSettings(
      group: "g", path: try PathTemplate(path), format: .text, stateDirectory: Self.stateDirectory,
      bufferSize: bufferSize,
      openFileLimit: openFileLimit)
    for number in 0..<partitions {
      let partition = TopicPartition("t", number)
      log[partition] = (0..<linesPerPartition).map { index in
        let host = "host\(Int.random(in: 0..<hosts, using: &random))"
        let padding = String(repeating: "x", count: Int.random(in: 0...3, using: &random) * 30)
        return Line(partition: partition, offset: Int64(index), host: host, text: "\(partition) \(index) \(padding)")
      }
    }
    try files.createDirectory(Self.stateDirectory)
    try files.syncDirectory("/")
    sink = try FileSink(settings: settings, files: files)
    assign(partitions: Array(log.keys))
  }

  var partitions: [TopicPartition] { log.keys.sorted { $0.partition < $1.partition } }

  mutating func assign(partitions: [TopicPartition]) {
    for partition in partitions {
      let start = sink.assign(partition, topicID: Self.topicID, committed: committed[partition])
      position[partition] = start ?? committed[partition] ?? 0
      assigned.append(partition)
    }
  }

  /// As after a kill: the sink's memory is gone.
  mutating func restart() throws {
    sink = try FileSink(settings: settings, files: files)
    assigned = []
    assign(partitions: partitions)
  }

  /// Gives the sink the next line of a partition; false when it must flush first, or when there is none.
  mutating func offer(_ partition: TopicPartition) throws -> Bool {
    guard assigned.contains(partition), let offset = position[partition],
      let line = log[partition]?.dropFirst(Int(offset)).first
    else {
      return false
    }
    let outcome = try withRecord(
      offset: line.offset, key: nil, value: Array(line.text.utf8), headers: RecordHeaders(["host": line.host])
    ) { sink.append($0, of: partition) }
    switch outcome {
    case .taken: position[partition] = offset + 1
    case .stale: Issue.record("\(partition) \(offset) is stale")
    case .full: break
    }
    return outcome == .taken
  }

  /// - Parameter isHeard: whether the coordinator's answer arrives.
  mutating func commit(isHeard: Bool = true) {
    let offsets = sink.offsetsToCommit
    for (partition, offset) in offsets {
      #expect(offset >= committed[partition] ?? 0, "a committed offset goes back")
      committed[partition] = offset
    }
    if isHeard { sink.acknowledge(offsets) }
  }

  mutating func discard() {
    for (partition, offset) in sink.discard() { position[partition] = offset }
  }

  /// Everything that is left, through to the group's offsets.
  mutating func finish() throws {
    for partition in partitions {
      while let offset = position[partition], offset < log[partition]?.count ?? 0 {
        if try !offer(partition) { try sink.flush() }
      }
    }
    try sink.flush()
    commit()
    try sink.close()
  }

  /// Every line of the log once, in the order of its partition, in its own file.
  func check(_ comment: Comment, path: (Line) -> String) {
    var written: [TopicPartition: [String: [String]]] = [:]
    for path in Set(log.values.joined().map(path)) {
      let content = files.content(path) ?? []
      #expect(content.isEmpty || content.last == UInt8(ascii: "\n"))
      for line in content.split(separator: UInt8(ascii: "\n")) {
        let text = String(decoding: line, as: UTF8.self)
        let number = text.split(separator: " ").first.flatMap { $0.split(separator: "-").last }.flatMap { Int32($0) }
        written[TopicPartition("t", number ?? -1), default: [:]][path, default: []].append(text)
      }
    }
    for (partition, lines) in log {
      let expected = Dictionary(grouping: lines, by: path).mapValues { $0.map(\.text) }
      #expect(written[partition] == expected, comment)
    }
    #expect(written.count == log.count)
  }
}
