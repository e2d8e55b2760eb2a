import Base
import KafkaProtocol
import LogStore
import MetadataStore
import Synchronization

/// A broker: what all its event loops share. May be used from any thread. Calls named in `Broker+…` files that change
/// topics or settings wait for a disk; those of `RequestProcessor` do not.
public final class Broker<Files: FileSystem>: Sendable {
  public let identity: BrokerIdentity
  /// Of `log.dirs`.
  public let directories: [LogDirectory]
  let files: Files
  let cache: LogFileCache<Files>
  let metadata: any MetadataStore
  public let topics = TopicRegistry<Files>()
  let groups = GroupCoordinators<Files>()
  let fetchSessions: FetchSessionCache<Files>
  let handlers: HandlerTable<Files>
  /// Of every partition this broker leads; a new one after each start that was not preceded by a clean end, because
  /// records that were not synced may be gone and their offsets used again.
  let leaderEpoch: Int32

  private let endpointState: Mutex<BrokerEndpoint>
  private let settingsState: Mutex<(table: SettingsTable, settings: BrokerSettings)>
  /// Held by whoever changes topics or settings, on threads that may wait.
  let administration: Mutex<Administration>
  let producerIDs: ProducerIDs
  /// For the ids that clients are given to send telemetry under.
  let clientInstanceIDs: Mutex<SeededRandom>
  let writtenCheckpoints = Mutex(Checkpoints())
  let storageState = Mutex(StorageState())

  init(
    identity: BrokerIdentity, directories: [LogDirectory], files: Files, cache: LogFileCache<Files>,
    metadata: any MetadataStore, table: SettingsTable, leaderEpoch: Int32, random: SeededRandom
  ) {
    let settings = table.settings
    self.identity = identity
    self.directories = directories
    self.files = files
    self.cache = cache
    self.metadata = metadata
    self.leaderEpoch = leaderEpoch
    var random = random
    fetchSessions = FetchSessionCache(
      limit: Int(settings.fetchSessionLimit), random: SeededRandom(seed: random.next()))
    handlers = HandlerTable()
    endpointState = Mutex(BrokerEndpoint(host: "localhost", port: 0))
    settingsState = Mutex((table, settings))
    clientInstanceIDs = Mutex(SeededRandom(seed: random.next()))
    administration = Mutex(Administration(random: random))
    producerIDs = ProducerIDs()
  }

  /// What clients are told to connect to; the shell sets it once it listens.
  public var endpoint: BrokerEndpoint {
    get { endpointState.withLock { $0 } }
    set { endpointState.withLock { $0 = newValue } }
  }

  var dataDirectory: String { directories[0].path }

  /// What disks and retention did so far.
  public var storageMetrics: StorageMetrics { storageState.withLock { $0.metrics } }

  public var settings: BrokerSettings { settingsState.withLock { $0.settings } }
  var settingsTable: SettingsTable { settingsState.withLock { $0.table } }

  func replaceSettings(_ table: SettingsTable) {
    let settings = table.settings
    settingsState.withLock { $0 = (table, settings) }
  }
}

/// What looks at the disks remember.
struct StorageState: Sendable {
  var metrics = StorageMetrics()
  /// Monotonic time before which nobody is told again what the disk budget is going to remove.
  var nextBudgetWarning: Int64 = 0
}

/// What changes of topics and settings need, and what keeps them apart.
struct Administration: Sendable {
  var random: SeededRandom
}
