import Base
import BrokerCore
import Coordination
import Daemon
import DiskIO
import LogStore
import Records

/// Shows what the files of a stopped broker hold, as Kafka's dump tool does.
public struct LogDump {
  /// Records of one batch may have so many bytes when decompressed.
  private static let batchLimit = 256 << 20
  private static let outputSize = 256 << 10

  private let broker: StoppedBroker
  private let showsRecords: Bool
  private let asJSON: Bool
  private let terminal: Terminal
  private let decoder = RecordBatchDecoder(limit: LogDump.batchLimit)
  private var output: [UInt8] = []

  public init(_ broker: StoppedBroker, showsRecords: Bool, asJSON: Bool, for terminal: Terminal) {
    self.broker = broker
    self.showsRecords = showsRecords
    self.asJSON = asJSON
    self.terminal = terminal
  }

  public mutating func run() throws(ToolFailure) {
    for partition in broker.partitions { try dump(partition) }
    try flush()
  }

  private mutating func flush() throws(ToolFailure) {
    try StandardOutput.write(output)
    output.removeAll(keepingCapacity: true)
  }

  private func isWanted(_ path: String) -> Bool { broker.onlyFile.map { $0 == path } ?? true }

  private mutating func dump(_ partition: StoppedBroker.PartitionDirectory) throws(ToolFailure) {
    for name in partition.names {
      let path = "\(partition.path)/\(name)"
      guard isWanted(path) else { continue }
      if let (base, kind) = SegmentName.parse(name) {
        switch kind {
        case .log: try dumpSegment(base, path, partition)
        case .offsetIndex, .timeIndex: try dumpIndex(base, kind, path, partition)
        case .producerSnapshot: try dumpSnapshot(path)
        }
      } else if name == LeaderEpochs.fileName {
        try dumpEpochs(path)
      }
    }
  }

  // MARK: - output

  /// A line of text, or one JSON object with the file's name and these members.
  private mutating func line(
    _ kind: String, of path: String, indent: Int, _ members: [(String, DumpValue)]
  ) throws(ToolFailure) {
    if asJSON {
      var writer = JSONWriter()
      writer.beginObject()
      writer.key("file")
      writer.string(broker.shortened(path))
      writer.key("kind")
      writer.string(kind)
      for (name, value) in members {
        writer.key(name)
        value.append(to: &writer)
      }
      writer.endObject()
      writer.endLine()
      output += writer.bytes
    } else {
      output += [UInt8](repeating: UInt8(ascii: " "), count: indent)
      output += Array(kind.utf8)
      for (name, value) in members {
        output.append(UInt8(ascii: " "))
        output += Array("\(name)=".utf8)
        value.append(toText: &output)
      }
      output.append(UInt8(ascii: "\n"))
    }
    if output.count >= Self.outputSize { try flush() }
  }

  private mutating func heading(_ path: String) {
    if !asJSON { output += Array((terminal.styled(broker.shortened(path), "1") + "\n").utf8) }
  }

  // MARK: - files

  private mutating func dumpSegment(
    _ base: Int64, _ path: String, _ partition: StoppedBroker.PartitionDirectory
  ) throws(ToolFailure) {
    heading(path)
    let files = broker.files
    let reader: SegmentFileReader<RealFileSystem> = try orFail { () throws(FileError) in
      try SegmentFileReader(path, baseOffset: base, files: files)
    }
    while true {
      let step = try orFail { () throws(FileError) in try reader.next() }
      switch step {
      case .end: return
      case .damage(let bytes, let reason):
        try line(
          "damage", of: path, indent: 2,
          [
            ("position", .number(bytes.lowerBound)), ("size", .number(bytes.upperBound - bytes.lowerBound)),
            ("reason", .text(reason)),
          ])
      case .batch(let batch, let position):
        try dumpBatch(batch, at: position, path, partition)
      }
    }
  }

  private mutating func dumpBatch(
    _ batch: RecordBatchSlice, at position: Int64, _ path: String, _ partition: StoppedBroker.PartitionDirectory
  ) throws(ToolFailure) {
    let header = batch.header
    var members: [(String, DumpValue)] = [
      ("baseOffset", .number(header.baseOffset)), ("lastOffset", .number(header.lastOffset)),
      ("count", .number(Int64(header.recordCount))),
      ("partitionLeaderEpoch", .number(Int64(header.partitionLeaderEpoch))),
      ("position", .number(position)), ("size", .number(Int64(header.size))),
      ("compression", .text(header.attributes.compression.map { "\($0)" } ?? "unknown")),
      (header.attributes.hasLogAppendTime ? "logAppendTime" : "createTime", .time(header.maxTimestamp)),
      ("crc", .number(Int64(header.crc))),
    ]
    if header.producerID >= 0 {
      members += [
        ("producerId", .number(header.producerID)), ("producerEpoch", .number(Int64(header.producerEpoch))),
        ("baseSequence", .number(Int64(header.baseSequence))),
      ]
    }
    if header.attributes.isTransactional { members.append(("isTransactional", .flag(true))) }
    if header.attributes.isControl { members.append(("isControl", .flag(true))) }
    if header.attributes.hasDeleteHorizon { members.append(("deleteHorizon", .time(header.baseTimestamp))) }
    try line("batch", of: path, indent: 2, members)
    guard showsRecords else { return }
    let isGroups = partition.partition.topic == TopicName.groupOffsets
    var failure: String?
    var lines: [[(String, DumpValue)]] = []
    do throws(RecordBatchError) {
      var records = try decoder.records(of: batch)
      while let record = try records.next() { lines.append(Self.members(of: record, isGroups: isGroups)) }
    } catch {
      failure = error.description
    }
    for members in lines { try line("record", of: path, indent: 4, members) }
    if let failure { try line("damage", of: path, indent: 4, [("reason", .text(failure))]) }
  }

  private static func members(of record: RecordView, isGroups: Bool) -> [(String, DumpValue)] {
    var members: [(String, DumpValue)] = [("offset", .number(record.offset)), ("timestamp", .time(record.timestamp))]
    if isGroups, let key = record.key {
      do throws(GroupRecordError) {
        members += try GroupRecord(key: Array(key), value: record.value.map { Array($0) }).dumpMembers
        return members
      } catch {
        members.append(("undecodable", .text(error.description)))
      }
    }
    members.append(("key", .bytes(record.key.map { Array($0) })))
    members.append(("value", .bytes(record.value.map { Array($0) })))
    let headers = record.headers.map {
      (String(decoding: $0.key, as: UTF8.self), DumpValue.bytes($0.value.map { Array($0) }))
    }
    if !headers.isEmpty { members.append(("headers", .object(headers))) }
    return members
  }

  private mutating func dumpIndex(
    _ base: Int64, _ kind: SegmentName.Kind, _ path: String, _ partition: StoppedBroker.PartitionDirectory
  ) throws(ToolFailure) {
    heading(path)
    let files = broker.files
    let found = try orFail { () throws(FileError) in
      try IndexInspection.read(ofSegment: base, in: partition.path, files: files)
    }
    guard let index = kind == .offsetIndex ? found.offsets : found.times else { return }
    for entry in index.entries {
      switch entry {
      case .offset(let offset, let position):
        try line("entry", of: path, indent: 2, [("offset", .number(offset)), ("position", .number(position))])
      case .time(let timestamp, let offset):
        try line("entry", of: path, indent: 2, [("timestamp", .time(timestamp)), ("offset", .number(offset))])
      }
    }
    if let flaw = index.flaw { try line("damage", of: path, indent: 2, [("reason", .text(flaw))]) }
  }

  private mutating func dumpSnapshot(_ path: String) throws(ToolFailure) {
    heading(path)
    let files = broker.files
    let content = try orFail { () throws(FileError) in try files.readWhole(path, limit: 256 << 20) }
    guard let content, let state = ProducerSnapshot.decode(content) else {
      try line("damage", of: path, indent: 2, [("reason", .text("it is no producer snapshot, or not whole"))])
      return
    }
    for entry in state.entries.sorted(by: { $0.producerID < $1.producerID }) {
      try line(
        "producer", of: path, indent: 2,
        [
          ("producerId", .number(entry.producerID)), ("producerEpoch", .number(Int64(entry.epoch))),
          ("lastSequence", .number(Int64(entry.lastSequence))), ("lastOffset", .number(entry.lastOffset)),
          ("lastTimestamp", .time(entry.lastTimestamp)), ("coordinatorEpoch", .number(Int64(entry.coordinatorEpoch))),
          ("currentTxnFirstOffset", .number(entry.currentTransactionFirstOffset)),
        ])
    }
  }

  private mutating func dumpEpochs(_ path: String) throws(ToolFailure) {
    heading(path)
    let files = broker.files
    let content = try orFail { () throws(FileError) in try files.readWhole(path, limit: 64 << 20) }
    guard let content, let epochs = LeaderEpochs(content: content) else {
      try line("damage", of: path, indent: 2, [("reason", .text("it is no leader epoch checkpoint"))])
      return
    }
    for entry in epochs.entries {
      try line(
        "epoch", of: path, indent: 2,
        [("epoch", .number(Int64(entry.epoch))), ("startOffset", .number(entry.startOffset))])
    }
  }
}
