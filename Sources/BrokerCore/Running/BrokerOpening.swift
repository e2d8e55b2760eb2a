import Base
import LogStore
import MetadataStore

/// The start of a broker in its data directory: what there is, in three steps. `init` reads what topics there are;
/// `partitions` are opened by the shell on as many threads as it likes; `finish` makes the broker of them.
public struct BrokerOpening<Files: FileSystem>: Sendable {
  public let identity: BrokerIdentity
  public let wasCleanlyShutDown: Bool
  /// What an operator should know, in words.
  public private(set) var notes: [String] = []
  public private(set) var partitions: [PartitionOpening<Files>] = []

  private let dataDirectory: String
  private let directory: LogDirectory
  private let files: Files
  private let metadata: any MetadataStore
  private let cache: LogFileCache<Files>
  private let table: SettingsTable
  private let leaderEpoch: Int32
  private let bootID: String?
  private let pagesSurvived: Bool
  private var random: SeededRandom
  private var topics: [(record: TopicRecord, configuration: TopicConfiguration)] = []
  private var removals: [DirectoryRemoval<Files>] = []
  private var deletionPaths: [String] = []

  /// - Parameters:
  ///   - table: the settings of file and command line.
  ///   - random: for the ids that will be given.
  ///   - bootID: a text that is another one after each start of the machine; nil where there is none.
  public init(
    dataDirectory: String, files: Files, metadata: any MetadataStore, table: SettingsTable, random: SeededRandom,
    bootID: String? = nil
  ) throws(BrokerStartError) {
    self.dataDirectory = dataDirectory
    directory = LogDirectory(dataDirectory)
    self.files = files
    self.metadata = metadata
    self.random = random
    self.bootID = bootID
    cache = LogFileCache(files: files)
    let nodeID = Int32(clamping: table.settings.nodeID)
    do throws(MetadataStoreError) {
      for path in [TopicRecord.directory, TopicRecord.deletions, "/configs"] { try metadata.ensure(path) }
      for path in ["/configs/default", "/configs/\(nodeID)"] { try metadata.ensure(path) }
      self.table = try Self.withDynamicSettings(table, nodeID: nodeID, metadata)
    } catch {
      throw BrokerStartError(error)
    }
    identity = try Self.identify(
      nodeID: nodeID, dataDirectory: dataDirectory, files: files, metadata: metadata, random: &self.random,
      notes: &notes)
    do throws(FileError) {
      wasCleanlyShutDown = try CleanShutdownMarker.take(in: dataDirectory, files: files)
      pagesSurvived = try BootMark.read(in: dataDirectory, files: files, isThat: bootID)
    } catch {
      throw BrokerStartError(error)
    }
    do throws(MetadataStoreError) {
      leaderEpoch = try Self.nextLeaderEpoch(wasCleanlyShutDown: wasCleanlyShutDown, metadata)
    } catch {
      throw BrokerStartError(error)
    }
    try readTopics()
    try readDirectories()
  }

  private static func withDynamicSettings(
    _ table: SettingsTable, nodeID: Int32, _ metadata: any MetadataStore
  ) throws(MetadataStoreError) -> SettingsTable {
    var table = table
    for (path, keyPath) in [
      ("/configs/default", \SettingsTable.dynamicDefaults), ("/configs/\(nodeID)", \SettingsTable.dynamic),
    ] {
      guard let entry = try metadata.get(path) else { continue }
      guard let values = SettingLines.decode(entry.value) else {
        throw .corrupt(path, offset: 0, reason: "it is not lines of name=value")
      }
      table[keyPath: keyPath] = values
    }
    return table
  }

  /// The cluster's id from the metadata store, held against what the directory says.
  private static func identify(
    nodeID: Int32, dataDirectory: String, files: Files, metadata: any MetadataStore, random: inout SeededRandom,
    notes: inout [String]
  ) throws(BrokerStartError) -> BrokerIdentity {
    let stored = try stored(in: dataDirectory, files: files, metadata: metadata, notes: &notes)
    let clusterID: UUID
    do throws(MetadataStoreError) {
      if let entry = try metadata.get("/cluster") {
        guard let id = UUID(String(decoding: entry.value, as: UTF8.self)) else {
          throw .corrupt("/cluster", offset: 0, reason: "it is not an id")
        }
        clusterID = id
      } else {
        clusterID = stored?.clusterID ?? UUID(random: &random)
        try metadata.multi([.create("/cluster", value: Array(clusterID.description.utf8))])
      }
    } catch {
      throw BrokerStartError(error)
    }
    let identity = BrokerIdentity(nodeID: nodeID, clusterID: clusterID)
    guard let stored else {
      do throws(FileError) {
        try MetaProperties.write(identity, in: dataDirectory, files: files)
      } catch {
        throw BrokerStartError(error)
      }
      return identity
    }
    guard stored == identity else {
      throw BrokerStartError(
        "the data directory \(dataDirectory) belongs to broker \(stored.nodeID) of cluster \(stored.clusterID), "
          + "this is broker \(identity.nodeID) of cluster \(identity.clusterID); set node.id, or choose another directory"
      )
    }
    return identity
  }

  /// What `meta.properties` says; nil where there is none, or only a damaged one and the metadata know better.
  private static func stored(
    in directory: String, files: Files, metadata: any MetadataStore, notes: inout [String]
  ) throws(BrokerStartError) -> BrokerIdentity? {
    let content: MetaProperties.Content
    do throws(FileError) {
      content = try MetaProperties.read(in: directory, files: files)
    } catch {
      throw BrokerStartError(error)
    }
    switch content {
    case .missing: return nil
    case .identity(let identity): return identity
    case .damaged(let reason):
      let path = "\(directory)/\(MetaProperties.name)"
      let isKnown: Bool
      do throws(MetadataStoreError) {
        isKnown = try metadata.get("/cluster") != nil
      } catch {
        throw BrokerStartError(error)
      }
      guard isKnown else { throw BrokerStartError("\(path) \(reason); restore it, or choose another directory") }
      notes.append("\(path) \(reason); made anew from the metadata")
      return nil
    }
  }

  private static func nextLeaderEpoch(
    wasCleanlyShutDown: Bool, _ metadata: any MetadataStore
  ) throws(MetadataStoreError) -> Int32 {
    let path = "/leader-epoch"
    guard let entry = try metadata.get(path) else {
      try metadata.multi([.create(path, value: Array("0".utf8))])
      return 0
    }
    guard let epoch = Int32(String(decoding: entry.value, as: UTF8.self)), epoch >= 0, epoch < .max else {
      throw .corrupt(path, offset: 0, reason: "it is not a number")
    }
    if wasCleanlyShutDown { return epoch }
    try metadata.multi([.set(path, value: Array(String(epoch + 1).utf8), expectedVersion: entry.version)])
    return epoch + 1
  }

  private mutating func readTopics() throws(BrokerStartError) {
    let settings = table.settings
    do throws(MetadataStoreError) {
      for name in try metadata.children(TopicRecord.directory) {
        let path = "\(TopicRecord.directory)/\(name)"
        guard let entry = try metadata.get(path) else { continue }
        guard let record = TopicRecord(name: name, content: entry.value) else {
          throw .corrupt(path, offset: 0, reason: "it is not the record of a topic")
        }
        do throws(SettingError) {
          topics.append((record, try settings.topicConfiguration(overrides: record.overrides)))
        } catch {
          // Another version of the broker took it; its default is the nearest thing.
          notes.append("topic '\(name)': \(error); the topic gets the broker's settings until that is changed")
          topics.append((record, settings.topicDefaults))
        }
      }
    } catch {
      throw BrokerStartError(error)
    }
  }

  private mutating func readDirectories() throws(BrokerStartError) {
    var recoveryPoints: [TopicPartition: Int64] = [:]
    var logStarts: [TopicPartition: Int64]? = [:]
    var cleanOffsets: [TopicPartition: Int64] = [:]
    var names: [String] = []
    do throws(FileError) {
      recoveryPoints = try readCheckpoint(OffsetCheckpoint.recoveryPoints) ?? [:]
      logStarts = try readCheckpoint(OffsetCheckpoint.logStartOffsets)
      cleanOffsets = try readCheckpoint(OffsetCheckpoint.cleanOffsets) ?? [:]
      names = try files.list(dataDirectory)
      try finishDeletions(names)
    } catch {
      throw BrokerStartError(error)
    }
    let present = Set(names)
    var known: Set<String> = []
    for (record, configuration) in topics {
      for index in 0..<record.partitionCount {
        let id = TopicPartition(record.name, index)
        let name = LogDirectoryName.current(id)
        known.insert(name)
        if !present.contains(name) {
          notes.append("the directory \(dataDirectory)/\(name) is missing; the partition begins empty")
        }
        partitions.append(
          PartitionOpening(
            id: id, record: record, directory: directory, configuration: configuration,
            recoveryPoint: recoveryPoints[id] ?? 0, logStartOffset: logStarts.map { $0[id] ?? 0 },
            cleanOffset: cleanOffsets[id] ?? 0, wasCleanlyShutDown: wasCleanlyShutDown, pagesSurvived: pagesSurvived,
            cache: cache,
            leaderID: identity.nodeID, leaderEpoch: leaderEpoch))
      }
    }
    for name in names.sorted() where !known.contains(name) && LogDirectoryName.parse(name) != nil {
      notes.append("\(dataDirectory)/\(name) belongs to no topic; it is left alone")
    }
  }

  /// nil when it is damaged.
  private mutating func readCheckpoint(_ name: String) throws(FileError) -> [TopicPartition: Int64]? {
    let (offsets, isDamaged) = try OffsetCheckpoint.read(name, in: dataDirectory, files: files)
    guard isDamaged else { return offsets }
    notes.append("\(dataDirectory)/\(name) is damaged and left aside; more is read at this start")
    return nil
  }

  /// Takes up the deletions that a crash cut short.
  private mutating func finishDeletions(_ names: [String]) throws(FileError) {
    for name in names where LogDirectoryName.isDeleted(name) {
      removals.append(DirectoryRemoval(path: "\(dataDirectory)/\(name)", files: files))
    }
    var records: [TopicRecord] = []
    do throws(MetadataStoreError) {
      for id in try metadata.children(TopicRecord.deletions) {
        let path = "\(TopicRecord.deletions)/\(id)"
        deletionPaths.append(path)
        guard let entry = try metadata.get(path), let record = TopicRecord(name: "", content: entry.value) else {
          notes.append("the note of a deletion at \(path) is damaged; what it stands for stays on the disk")
          continue
        }
        records.append(record)
      }
    } catch {
      throw FileError(operation: "read", path: TopicRecord.deletions, code: 5, reason: error.description)
    }
    let present = Set(names)
    for record in records {
      for index in 0..<record.partitionCount {
        let id = TopicPartition(record.name, index)
        let directory = "\(dataDirectory)/\(LogDirectoryName.current(id))"
        guard present.contains(LogDirectoryName.current(id)) else { continue }
        // A power loss may have taken the note of whose it is; then it is the deleted topic's unless there is a new one.
        let owner = try PartitionMetadata.read(in: directory, files: files)
        let isTaken = topics.contains { $0.record.name == record.name }
        guard owner == record.id || (owner == nil && !isTaken) else { continue }
        let path = "\(dataDirectory)/\(LogDirectoryName.deleted(id, unique: UUID(random: &random)))"
        try files.rename(directory, to: path)
        removals.append(DirectoryRemoval(path: path, files: files))
      }
    }
  }

  /// Only now, when what a power loss may have left is cut: a start that is cut short must look again.
  private func markBoot(_ effects: inout [BrokerEffect<Files>]) {
    guard let bootID, !pagesSurvived else { return }
    do throws(FileError) {
      try BootMark.write(bootID, in: dataDirectory, files: files)
    } catch {
      effects.append(.warning(key: "boot", message: "\(error); should the broker be killed, more may be cut"))
    }
  }

  /// Makes the broker of the opened partitions, which are all of `partitions` in any order. Blocks while it reads what
  /// groups there are.
  public consuming func finish(
    _ opened: [OpenedPartition<Files>], now: Moment, effects: inout [BrokerEffect<Files>]
  ) throws(BrokerStartError) -> Broker<Files> {
    let broker = Broker(
      identity: identity, directories: [directory], files: files, cache: cache, metadata: metadata, table: table,
      leaderEpoch: leaderEpoch, random: random)
    var byTopic: [String: [Partition<Files>]] = [:]
    for one in opened { byTopic[one.partition.id.topic, default: []].append(one.partition) }
    for (record, configuration) in topics {
      let partitions = (byTopic[record.name] ?? []).sorted { $0.id.partition < $1.id.partition }
      broker.topics.insert(Topic(record: record, settings: TopicSettings(configuration), partitions: partitions))
    }
    do throws(FileError) {
      try broker.renewCheckpoints()
    } catch {
      throw BrokerStartError(error)
    }
    broker.checkStorage(now: now, effects: &effects)
    markBoot(&effects)
    broker.resumeGroups(now: now, effects: &effects)
    for one in opened { one.partition.syncInBackground(effects: &effects) }
    effects.append(broker.finishDeletion(removals, paths: deletionPaths))
    return broker
  }
}
