import Base

/// What the groups of one coordinator share: the time, the settings, and where effects go.
struct GroupContext: Sendable {
  /// An append whose outcome is awaited.
  struct PendingAppend: Sendable {
    var groupID: String
    var change: PendingChange
    /// The records say something about the group itself.
    var writesGroup = false
    /// Some say something about a group of the next-generation protocol.
    var writesConsumers = false
    /// Who is answered, and what, when the records are committed.
    var replies: [(answer: GroupReply, request: GroupRequestID)] = []
    /// Tombstones among the records that still have to be written when these could not be.
    var owed: [GroupRecord] = []
  }

  let partition: Int32
  let configuration: GroupConfiguration
  var now: Moment
  var random: SeededRandom
  var effects: [GroupEffect] = []
  private(set) var pending: [UInt64: PendingAppend] = [:]
  private var lastToken: UInt64 = 0
  /// Bytes that the members of all groups hold, offsets that all groups have, and bytes of their metadata.
  var memberByteCount = 0
  var offsetCount = 0
  var offsetMetadataByteCount = 0
  /// The topics there are.
  var topics = TopicCatalog()

  init(partition: Int32, configuration: GroupConfiguration, now: Moment, random: SeededRandom) {
    self.partition = partition
    self.configuration = configuration
    self.now = now
    self.random = random
  }

  mutating func reply(_ answer: GroupReply, to request: GroupRequestID) {
    effects.append(.reply(answer, to: request))
  }

  /// Writes records, and remembers what is to happen when they are committed. Returns the token.
  @discardableResult
  mutating func append(
    _ records: [GroupRecord], owed: [GroupRecord] = [], for groupID: String, then change: PendingChange
  ) -> UInt64 {
    lastToken += 1
    var append = PendingAppend(groupID: groupID, change: change)
    append.owed = owed
    append.writesConsumers = (owed + records).contains { if case .consumer = $0 { true } else { false } }
    append.writesGroup = records.contains { record in
      switch record {
      case .group(_, let snapshot): snapshot != nil
      case .consumer(_, let part): !part.isTombstone
      case .offset: false
      }
    }
    pending[lastToken] = append
    effects.append(.append(partition: partition, records: owed + records, token: lastToken))
    return lastToken
  }

  /// Holds an answer back until the append is committed.
  mutating func hold(_ answer: GroupReply, to request: GroupRequestID, until token: UInt64) {
    pending[token]?.replies.append((answer, request))
  }

  mutating func takePending(_ token: UInt64) -> PendingAppend? { pending.removeValue(forKey: token) }

  func deadline(afterMilliseconds milliseconds: Int32) -> Int64 {
    now.deadline(afterMilliseconds: Int64(max(milliseconds, 0)))
  }
}
