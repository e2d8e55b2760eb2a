import Base
import Coordination
import KafkaProtocol
import Testing

/// A coordinator with a log, a clock and the answers it gave.
final class GroupHarness {
  static let group = "g"

  var coordinator: GroupCoordinator
  var configuration: GroupConfiguration
  var now = Moment(monotonic: 1_000_000_000, wall: 1_700_000_000_000)
  /// What is on disk, in order.
  var log: [GroupRecord] = []
  /// What was appended and not reported yet.
  var pending: [(token: UInt64, records: [GroupRecord])] = []
  var answers: [GroupRequestID: GroupReply] = [:]
  var causes: [RebalanceCause] = []
  var doubleAnswers: [GroupRequestID] = []
  /// Whether appends are committed as they come.
  var commitsAtOnce = true
  /// How often the coordinator was woken by its deadlines.
  private(set) var tickCount = 0
  private var lastRequest: UInt64 = 0
  /// What the coordinator is told there is.
  var topics = TopicCatalog() {
    didSet { coordinator.update(topics: topics) }
  }

  init(_ change: (inout GroupConfiguration) -> Void = { _ in }) {
    configuration = GroupConfiguration()
    change(&configuration)
    coordinator = GroupCoordinator(
      partition: 7, configuration: configuration, now: now, random: SeededRandom(seed: 1))
  }

  func nextRequest() -> GroupRequestID {
    lastRequest += 1
    return GroupRequestID(rawValue: lastRequest)
  }

  func takeEffects() {
    var effects = coordinator.takeEffects()
    while !effects.isEmpty {
      for effect in effects {
        switch effect {
        case .append(_, let records, let token):
          pending.append((token, records))
        case .reply(let answer, let request):
          if answers.updateValue(answer, forKey: request) != nil { doubleAnswers.append(request) }
        case .rebalance(_, let cause):
          causes.append(cause)
        }
      }
      if commitsAtOnce { while !pending.isEmpty { finishAppend() } }
      effects = coordinator.takeEffects()
    }
  }

  /// Reports the oldest append.
  func finishAppend(error: ErrorCode = .none) {
    let (token, records) = pending.removeFirst()
    if error == .none { log += records }
    coordinator.appended(token, error: error, now: now)
  }

  func commit(error: ErrorCode = .none) {
    finishAppend(error: error)
    takeEffects()
  }

  /// Lets time pass, with all that becomes due on the way.
  func wait(milliseconds: Int64) {
    let end = now.monotonic + milliseconds * 1_000_000
    while coordinator.nextDeadline <= end {
      let next = max(coordinator.nextDeadline, now.monotonic)
      now.wall += (next - now.monotonic) / 1_000_000
      now.monotonic = next
      coordinator.tick(now: now)
      tickCount += 1
      takeEffects()
    }
    now.wall += (end - now.monotonic) / 1_000_000
    now.monotonic = end
  }

  /// Leaves the last record of each key in the log, tombstones too.
  func compactLog() {
    var seen: Set<[UInt8]> = []
    log = log.reversed().filter { record in
      do {
        return seen.insert(try record.encodedKey()).inserted
      } catch {
        Issue.record("a record has no key: \(error)")
        return true
      }
    }.reversed()
  }

  /// A new process: what was appended and not reported is on disk or not, as told.
  func restart(keepingPending: Bool = false) {
    if keepingPending { for (_, records) in pending { log += records } }
    pending = []
    now.monotonic += 5_000_000
    coordinator = GroupCoordinator(
      partition: 7, configuration: configuration, now: now, random: SeededRandom(seed: now.monotonic.magnitude))
    coordinator.update(topics: topics)
    for record in log { coordinator.replay(record) }
    coordinator.finishLoading(now: now)
    takeEffects()
  }

  func parameters(
    _ memberID: String = "", instance: String? = nil, client: String = "c", protocols: [String] = ["range"],
    metadata: [UInt8] = [], session: Int32 = 10_000, rebalance: Int32 = 60_000, knowsID: Bool = false,
    skips: Bool = true
  ) -> JoinGroupParameters {
    JoinGroupParameters(
      groupID: Self.group, member: GroupMemberIdentity(memberID: memberID, instanceID: instance), clientID: client,
      clientHost: "/127.0.0.1", sessionTimeoutMs: session, rebalanceTimeoutMs: rebalance, protocolType: "consumer",
      protocols: protocols.map { GroupProtocol(name: $0, metadata: metadata) }, requiresKnownMemberID: knowsID,
      supportsSkippingAssignment: skips)
  }

  func join(_ parameters: JoinGroupParameters) -> GroupRequestID {
    let request = nextRequest()
    coordinator.join(parameters, request: request, now: now)
    takeEffects()
    return request
  }

  func sync(
    _ memberID: String, _ generation: Int32, instance: String? = nil, _ assignments: [String: [UInt8]] = [:]
  ) -> GroupRequestID {
    let request = nextRequest()
    coordinator.sync(
      SyncGroupParameters(
        groupID: Self.group, member: GroupMemberIdentity(memberID: memberID, instanceID: instance),
        generation: generation, assignments: assignments),
      request: request, now: now)
    takeEffects()
    return request
  }

  func heartbeat(_ memberID: String, _ generation: Int32, instance: String? = nil) -> ErrorCode {
    let error = coordinator.heartbeat(
      Self.group, GroupMemberIdentity(memberID: memberID, instanceID: instance), generation: generation, now: now)
    takeEffects()
    return error
  }

  func leave(_ members: [GroupMemberIdentity]) -> GroupRequestID {
    let request = nextRequest()
    coordinator.leave(Self.group, members.map { LeavingMember($0, reason: "bye") }, request: request, now: now)
    takeEffects()
    return request
  }

  func commit(
    _ offsets: [Int32: Int64], _ memberID: String = "", _ generation: Int32 = -1, instance: String? = nil,
    topic: String = "t", metadata: String = "", retention: Int64? = nil, knowsGroupIDNotFound: Bool = false
  ) -> GroupRequestID {
    let request = nextRequest()
    coordinator.commitOffsets(
      OffsetCommitParameters(
        groupID: Self.group, member: GroupMemberIdentity(memberID: memberID, instanceID: instance),
        generation: generation, retentionMs: retention,
        offsets: offsets.sorted { $0.key < $1.key }.map {
          .init(TopicPartition(topic, $0.key), offset: $0.value, metadata: metadata)
        },
        knowsGroupIDNotFound: knowsGroupIDNotFound),
      request: request, now: now)
    takeEffects()
    return request
  }

  func delete() -> GroupRequestID {
    let request = nextRequest()
    coordinator.delete(Self.group, request: request, now: now)
    takeEffects()
    return request
  }

  func offset(_ partition: Int32 = 0, topic: String = "t") -> Int64? {
    coordinator.offset(Self.group, TopicPartition(topic, partition))?.offset
  }

  var state: GroupState? { coordinator.describe(Self.group)?.state }
  var description: GroupDescription? { coordinator.describe(Self.group) }

  func joined(_ request: GroupRequestID) -> JoinGroupReply? {
    if case .join(let answer) = answers[request] { answer } else { nil }
  }

  func synced(_ request: GroupRequestID) -> SyncGroupReply? {
    if case .sync(let answer) = answers[request] { answer } else { nil }
  }

  func left(_ request: GroupRequestID) -> LeaveGroupReply? {
    if case .leave(let answer) = answers[request] { answer } else { nil }
  }

  func committed(_ request: GroupRequestID) -> [ErrorCode]? {
    if case .offsetCommit(let errors) = answers[request] { errors } else { nil }
  }

  func deleted(_ request: GroupRequestID) -> ErrorCode? {
    if case .delete(let error) = answers[request] { error } else { nil }
  }

  /// Brings a stable group about; returns its member ids, the leader's first. Each is assigned its own number.
  func stabilize(_ members: [JoinGroupParameters]) -> [String] {
    let requests = members.map { join($0) }
    while answers[requests[0]] == nil { wait(milliseconds: 100) }
    let ids = requests.compactMap { joined($0)?.memberID }
    let generation = joined(requests[0])?.generation ?? -1
    let assignments = Dictionary(
      uniqueKeysWithValues: ids.enumerated().map { ($0.element, [UInt8(truncatingIfNeeded: $0.offset)]) })
    for (id, member) in zip(ids, members).reversed() {
      _ = sync(id, generation, instance: member.member.instanceID, id == ids[0] ? assignments : [:])
    }
    return ids
  }

  func stabilize(_ count: Int) -> [String] {
    stabilize((0..<count).map { parameters(client: "c\($0)") })
  }
}
