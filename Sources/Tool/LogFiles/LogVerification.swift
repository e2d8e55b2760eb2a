import Base
import BrokerCore
import DiskIO
import LogStore
import MetadataStore

/// Looks at every file of a stopped broker and changes none.
public struct LogVerification {
  private let broker: StoppedBroker
  private var files: RealFileSystem { broker.files }
  private let tell: (FileVerdict) throws(ToolFailure) -> Void

  /// - Parameter tell: is called for each file, in an order that does not change.
  public init(_ broker: StoppedBroker, tell: @escaping (FileVerdict) throws(ToolFailure) -> Void) {
    self.broker = broker
    self.tell = tell
  }

  public func run() throws(ToolFailure) {
    if broker.isWhole, let root = broker.root {
      try verifyRoot(root)
      try verifyMetadata("\(root)/metadata")
    }
    for partition in broker.partitions { try verify(partition) }
  }

  private func report(_ path: String, _ summary: String, flaws: [String] = []) throws(ToolFailure) {
    if let only = broker.onlyFile, only != path { return }
    try tell(FileVerdict(path: broker.shortened(path), summary: summary, flaws: flaws))
  }

  private func content(_ path: String, limit: Int = 64 << 20) throws(ToolFailure) -> [UInt8]? {
    let files = files
    return try orFail { () throws(FileError) in try files.readWhole(path, limit: limit) }
  }

  // MARK: - the data directory

  private func verifyRoot(_ root: String) throws(ToolFailure) {
    let files = files
    switch try orFail({ () throws(FileError) in try MetaProperties.read(in: root, files: files) }) {
    case .missing: break
    case .identity(let identity):
      try report("\(root)/\(MetaProperties.name)", "broker \(identity.nodeID) of cluster \(identity.clusterID)")
    case .damaged(let reason): try report("\(root)/\(MetaProperties.name)", "", flaws: ["it \(reason)"])
    }
    for name in [
      OffsetCheckpoint.recoveryPoints, OffsetCheckpoint.logStartOffsets, OffsetCheckpoint.cleanOffsets,
      OffsetCheckpoint.highWatermarks,
    ] {
      guard try content("\(root)/\(name)") != nil else { continue }
      let read = try orFail { () throws(FileError) in
        try OffsetCheckpoint.read(name, in: root, files: files)
      }
      try report(
        "\(root)/\(name)", "\(read.offsets.count) partitions",
        flaws: read.isDamaged ? ["it does not fit its checksum or its format"] : [])
    }
    guard try content("\(root)/\(CheckpointSums.name)") != nil else { return }
    let sums = try orFail { () throws(FileError) in try CheckpointSums.read(in: root, files: files) }
    try report(
      "\(root)/\(CheckpointSums.name)", "checksums of the checkpoints",
      flaws: sums == nil ? ["it does not fit its own checksum"] : [])
  }

  private func verifyMetadata(_ directory: String) throws(ToolFailure) {
    let files = files
    guard try orFail({ () throws(FileError) in try files.status(path: directory) }) != nil else { return }
    do throws(MetadataStoreError) {
      let (flaws, values) = try EmbeddedMetadataStore.inspect(directory: directory, files: files)
      for (path, flaw) in flaws {
        let summary = "\(values.count - 1) nodes with its fellows"
        do throws(ToolFailure) {
          try report(path, summary, flaws: flaw.map { [$0] } ?? [])
        } catch {
          throw .unusable(FileError(operation: "report", path: path, code: 5, reason: error.description))
        }
      }
    } catch {
      try report(directory, "", flaws: [error.description])
    }
  }

  // MARK: - a partition

  private func verify(_ partition: StoppedBroker.PartitionDirectory) throws(ToolFailure) {
    let epochs = try verifySmallFiles(partition)
    for segment in partition.segments {
      try verifySegment(segment, partition, epochs)
      try verifyIndexes(segment, partition)
    }
    let segments = Set(partition.segments)
    for name in partition.names {
      let path = "\(partition.path)/\(name)"
      if let (base, kind) = SegmentName.parse(name) {
        if kind == .producerSnapshot { try verifySnapshot(path) }
        if kind == .offsetIndex || kind == .timeIndex, !segments.contains(base) {
          try report(path, "", flaws: ["there is no segment for it"])
        }
      } else if let offsets = QuarantineName.parse(name) {
        try report(path, "moved out of a segment as damaged: offsets from \(offsets.lowerBound) on")
      } else if [".swap", ".cleaned", ".mended", ".deleted", ".tmp"].contains(where: name.hasSuffix) {
        try report(path, "left by a broker that was stopped at work; the next start sees to it")
      }
    }
  }

  private func verifySmallFiles(_ partition: StoppedBroker.PartitionDirectory) throws(ToolFailure) -> LeaderEpochs? {
    let files = files
    let metadata = "\(partition.path)/\(PartitionMetadata.name)"
    if partition.names.contains(PartitionMetadata.name) {
      let id = try orFail { () throws(FileError) in try PartitionMetadata.read(in: partition.path, files: files) }
      try report(metadata, id.map { "topic id \($0)" } ?? "", flaws: id == nil ? ["it names no topic id"] : [])
    }
    let path = "\(partition.path)/\(LeaderEpochs.fileName)"
    guard let content = try content(path) else { return nil }
    let epochs = LeaderEpochs(content: content)
    try report(
      path, epochs.map { "\($0.entries.count) leader epochs, the last is \($0.latest)" } ?? "",
      flaws: epochs == nil ? ["it is no leader epoch checkpoint"] : [])
    return epochs
  }

  private func verifySegment(
    _ base: Int64, _ partition: StoppedBroker.PartitionDirectory, _ epochs: LeaderEpochs?
  ) throws(ToolFailure) {
    let files = files
    let path = "\(partition.path)/\(SegmentName.file(base, .log))"
    let survey = try orFail { () throws(FileError) in
      try SegmentSurvey(
        ofSegment: base, in: partition.path, limit: partition.limit(of: base), allowsGaps: partition.compacts,
        epochs: epochs, files: files)
    }
    var flaws = survey.damages.map { damage in
      let offsets =
        damage.offsets.isEmpty
        ? "offsets from \(damage.offsets.lowerBound) on"
        : "offsets \(damage.offsets.lowerBound) to \(damage.offsets.upperBound - 1)"
      if damage.bytes.isEmpty { return "\(offsets): \(damage.reason)" }
      return "bytes \(damage.bytes.lowerBound) to \(damage.bytes.upperBound - 1), \(offsets): \(damage.reason)"
    }
    flaws += survey.corrections.map { $0.description.replacingEnd("restored", with: "would be right") }
    if survey.epochsDisagree { flaws.append("its leader epochs are not those of \(LeaderEpochs.fileName)") }
    let bytes = survey.sound.reduce(0) { $0 + $1.upperBound - $1.lowerBound }
    try report(
      path, "\(survey.batchCount) batches, offsets \(base) to \(survey.nextOffset - 1), \(bytes) bytes", flaws: flaws)
  }

  private func verifyIndexes(_ base: Int64, _ partition: StoppedBroker.PartitionDirectory) throws(ToolFailure) {
    let files = files
    let found = try orFail { () throws(FileError) in
      try IndexInspection.read(ofSegment: base, in: partition.path, files: files)
    }
    for (kind, index) in [(SegmentName.Kind.offsetIndex, found.offsets), (.timeIndex, found.times)] {
      guard let index else { continue }
      try report(
        "\(partition.path)/\(SegmentName.file(base, kind))", "\(index.entries.count) entries",
        flaws: index.flaw.map { [$0] } ?? [])
    }
  }

  private func verifySnapshot(_ path: String) throws(ToolFailure) {
    guard let content = try content(path, limit: 256 << 20) else { return }
    let state = ProducerSnapshot.decode(content)
    try report(
      path, state.map { "\($0.count) producers" } ?? "",
      flaws: state == nil ? ["it is no producer snapshot, or not whole"] : [])
  }
}

extension String {
  fileprivate func replacingEnd(_ end: String, with other: String) -> String {
    hasSuffix(end) ? String(dropLast(end.count)) + other : self
  }
}
