import Base
import Records

/// The log of one partition in Kafka's file layout: `<directory>/<base offset>.log`, `.index`, `.timeindex`,
/// `.snapshot`, and `leader-epoch-checkpoint`. A value to keep behind the partition's lock and to change in place; do
/// not keep copies of it. Offsets are dense (but for what replication leaves out), never reused, and records never
/// change. Times are milliseconds since 1970-01-01 UTC by the broker's clock.
///
/// Nothing here waits for a flush of the disk: `syncTarget` tells what to sync, a shell does it without the lock, and
/// `didSync` moves `recoveryPoint`. Reading holds the lock only to find (file, position, size).
///
/// File descriptors: the active `.log` is open from the first append or read until `maintain` finds it idle and
/// synced; rolled segments and indexes are opened when read, and bounded by the `LogFileCache` all logs share.
public struct PartitionLog<Files: FileSystem>: Sendable {
  /// The directory of this partition, as it was opened or renamed.
  public internal(set) var directory: String
  public var configuration: LogConfiguration
  public let cache: LogFileCache<Files>
  /// What `init(opening:)` found.
  public internal(set) var recovery = RecoveryReport()

  /// The first offset that can be read.
  public internal(set) var logStartOffset: Int64
  /// All records before it are synced. Moves by `didSync`, and back when the log is truncated.
  public internal(set) var durableEndOffset: Int64
  /// All before it is synced with its indexes, so a start after a crash need not read it: what belongs in the file
  /// `OffsetCheckpoint.recoveryPoints`. Moves by `didSync` after `checkpoint`, and back when the log is truncated.
  public internal(set) var recoveryPoint: Int64
  /// Why the log takes no more calls; nil while it does.
  public internal(set) var failure: String?

  @usableFromInline var sealed: [Segment<Files>] = []
  @usableFromInline var active: Segment<Files>
  @usableFromInline var producerState = ProducerState()
  public internal(set) var leaderEpochs = LeaderEpochs()

  /// Offsets of the producer snapshots on disk, ascending.
  var snapshots: [Int64] = []
  /// Counted, so that `didSync` knows which of them its target covered.
  var nameChanges: UInt64 = 0
  var syncedNameChanges: UInt64 = 0
  @usableFromInline var epochChanges: UInt64 = 0
  var syncedEpochChanges: UInt64 = 0
  /// Where the log ended when `checkpoint` last wrote the indexes; they are to be synced while it lies behind
  /// `recoveryPoint`.
  var indexedEndOffset: Int64
  var truncations: UInt64 = 0
  /// Why an index could not be written after its records were; nil since it could. Nothing is lost by that.
  public internal(set) var indexFailure: FileError?

  /// The offset the next record gets.
  @inlinable public var logEndOffset: Int64 { active.nextOffset }
  /// Bytes of all `.log` files.
  public var size: Int64 { sealed.reduce(active.size) { $0 + $1.size } }
  public var segmentCount: Int { sealed.count + 1 }
  /// Base offset of the segment being appended to, and the bytes it has.
  public var activeSegment: (baseOffset: Int64, size: Int64) { (active.baseOffset, active.size) }
  /// Whether `syncTarget` has something to sync.
  public var needsSync: Bool {
    durableEndOffset < logEndOffset || recoveryPoint < indexedEndOffset || nameChanges != syncedNameChanges
      || epochChanges != syncedEpochChanges
  }
  /// What is known of idempotent producers (DescribeProducers).
  public var producers: ProducerState { producerState }

  init(directory: String, configuration: LogConfiguration, cache: LogFileCache<Files>, start: Int64, now: Int64) {
    self.directory = directory
    self.configuration = configuration
    self.cache = cache
    logStartOffset = start
    durableEndOffset = start
    recoveryPoint = start
    indexedEndOffset = start
    active = Segment(baseOffset: start, directory: directory, size: 0, lastAppendTime: now)
  }

  @inlinable
  func checkUsable() throws(LogError) {
    if let failure { throw .offline(directory, reason: failure) }
  }
}
