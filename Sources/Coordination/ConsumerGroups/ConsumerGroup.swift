import Base
import KafkaProtocol

/// One consumer group whose partitions the coordinator assigns (KIP-848).
///
/// What it is changes at once and is written as records, one for each key of `ConsumerRecordKey` that was touched. A
/// record is made from the state as it then is, so that one which could not be written is simply written again later,
/// and what is read back from the log is the state itself. Answers wait until what they rest on is committed.
struct ConsumerGroup: Sendable {
  /// Different regular expressions that its members may use.
  static let patternLimit = 32

  /// Grows with each change of members, their subscriptions or their topics.
  private(set) var epoch: Int32 = 0
  /// The epoch from which the targets were computed.
  private(set) var assignmentEpoch: Int32 = 0
  /// What its members read, sorted by name, as of `epoch`.
  private(set) var topics: [SubscribedTopic] = []
  private(set) var members: [String: ConsumerMember] = [:]
  /// What each member is to have.
  private(set) var targets: [String: PartitionSet] = [:]
  private(set) var patterns: [String: ResolvedPattern] = [:]
  private var compiled: [String: TopicPattern] = [:]
  /// Member ids by instance id.
  private(set) var staticMembers: [String: String] = [:]
  /// Who may be reading from a partition: nobody else is given it before it is released.
  private(set) var owners: [UUID: [Int32: String]] = [:]
  /// The catalog from which `topics` were made; nil when that has to be done again.
  private var catalogVersion: Int64?
  /// Bytes that others made it hold.
  private(set) var byteCount = 0
  /// What has to be written, in the order in which it was touched.
  private var touched: [ConsumerRecordKey] = []
  private var isTouched: Set<ConsumerRecordKey> = []

  init() {}

  var isEmpty: Bool { members.isEmpty }

  var state: ConsumerGroupState {
    if members.isEmpty { return .empty }
    if epoch > assignmentEpoch { return .assigning }
    let isReconciled = members.values.allSatisfy { $0.state == .stable && $0.current.epoch == assignmentEpoch }
    return isReconciled ? .stable : .reconciling
  }

  var assignor: ServerAssignor { ServerAssignor.preferred(by: members.values) }
  var subscribedTopics: Set<String> { Set(topics.map(\.name)) }
  var nextDeadline: Int64 {
    members.values.reduce(.max) { min($0, $1.sessionDeadline, $1.rebalanceDeadline) }
  }

  // MARK: What has to be written

  mutating func touch(_ key: ConsumerRecordKey) {
    if isTouched.insert(key).inserted { touched.append(key) }
  }

  /// What has changed since the last call.
  mutating func takeRecords() -> (keys: [ConsumerRecordKey], records: [ConsumerGroupRecord]) {
    defer {
      touched = []
      isTouched = []
    }
    return (touched, touched.map { record($0) })
  }

  /// Everything there is of it, as tombstones; the one of the group comes last.
  func tombstones() -> [ConsumerGroupRecord] {
    let ids = members.keys.sorted()
    return ids.map { .current($0, nil) } + ids.map { .target($0, nil) } + ids.map { .member($0, nil) }
      + patterns.keys.sorted().map { .pattern($0, nil) } + [.targetEpoch(nil), .topics(nil), .epoch(nil)]
  }

  private func record(_ key: ConsumerRecordKey) -> ConsumerGroupRecord {
    switch key {
    case .pattern(let text): .pattern(text, patterns[text])
    case .member(let id): .member(id, members[id]?.metadata)
    case .topics: .topics(topics)
    case .epoch: .epoch(epoch)
    case .target(let id): .target(id, targets[id])
    case .targetEpoch: .targetEpoch(assignmentEpoch)
    case .current(let id): .current(id, members[id]?.current)
    }
  }

  // MARK: What it consists of

  /// Adds or replaces a member, with all that is kept about it elsewhere.
  mutating func store(_ member: ConsumerMember, as id: String) {
    let before = members[id]
    if before?.metadata != member.metadata {
      byteCount += member.metadata.byteCount - (before?.metadata.byteCount ?? 0)
      if let instanceID = before?.metadata.instanceID, staticMembers[instanceID] == id {
        staticMembers[instanceID] = nil
      }
      if let instanceID = member.metadata.instanceID { staticMembers[instanceID] = id }
      touch(.member(id))
    }
    if before?.current != member.current {
      if let before { release(before.held, of: id) }
      member.held.forEach { owners[$0, default: [:]][$1] = id }
      touch(.current(id))
    }
    members[id] = member
  }

  private mutating func release(_ partitions: PartitionSet, of id: String) {
    partitions.forEach { topicID, partition in
      if owners[topicID]?[partition] == id { owners[topicID]?[partition] = nil }
      if owners[topicID]?.isEmpty == true { owners[topicID] = nil }
    }
  }

  /// Takes a member out; its partitions are free.
  mutating func discard(_ id: String) {
    guard let member = members.removeValue(forKey: id) else { return }
    release(member.held, of: id)
    byteCount -= member.metadata.byteCount
    if let instanceID = member.metadata.instanceID, staticMembers[instanceID] == id { staticMembers[instanceID] = nil }
    targets[id] = nil
    touch(.current(id))
    touch(.target(id))
    touch(.member(id))
  }

  mutating func setTarget(_ target: PartitionSet?, of id: String) {
    guard targets[id] != target else { return }
    targets[id] = target
    touch(.target(id))
  }

  /// Sets both epochs, of a group that another kind of group becomes.
  mutating func begin(at epoch: Int32) {
    self.epoch = epoch
    assignmentEpoch = epoch
    touch(.epoch)
    touch(.targetEpoch)
  }

  /// Moves a deadline; nothing of that is written.
  mutating func setDeadlines(of id: String, session: Int64? = nil, rebalance: Int64? = nil) {
    if let session { members[id]?.sessionDeadline = session }
    if let rebalance { members[id]?.rebalanceDeadline = rebalance }
  }

  mutating func advanceEpoch() {
    // Two thousand million changes on it stands still, rather than go back.
    epoch = epoch == .max ? .max : epoch + 1
    touch(.epoch)
  }

  // MARK: Topics and targets

  /// Looks at the topics anew where the catalog or the subscriptions have changed; true when what is read has changed.
  mutating func refreshTopics(_ context: GroupContext, force: Bool) -> Bool {
    let catalog = context.topics
    guard force || catalogVersion != catalog.version else { return false }
    resolvePatterns(catalog, context)
    catalogVersion = catalog.version
    var names: Set<String> = []
    for member in members.values {
      names.formUnion(member.metadata.topics)
      if let pattern = member.metadata.effectivePattern { names.formUnion(patterns[pattern]?.topics ?? []) }
    }
    let found = names.sorted().compactMap { name in
      catalog.topics[name].map { SubscribedTopic(name: name, id: $0.id, partitionCount: $0.partitionCount) }
    }
    guard found != topics else { return false }
    topics = found
    touch(.topics)
    return true
  }

  private mutating func resolvePatterns(_ catalog: TopicCatalog, _ context: GroupContext) {
    let wanted = Set(members.values.compactMap(\.metadata.effectivePattern))
    for text in patterns.keys.sorted() where !wanted.contains(text) {
      byteCount -= Self.byteCount(text, patterns[text])
      patterns[text] = nil
      compiled[text] = nil
      touch(.pattern(text))
    }
    for text in wanted.sorted() where patterns[text] == nil || catalogVersion != catalog.version {
      // One that was read back from the log and that this version refuses matches nothing.
      guard let pattern = compile(text) else { continue }
      let matching = catalog.topics.filter { !$0.value.isInternal && pattern.matches($0.key) }.keys.sorted()
      guard matching != patterns[text]?.topics else { continue }
      byteCount -= Self.byteCount(text, patterns[text])
      patterns[text] = ResolvedPattern(topics: matching, version: catalog.version, timestamp: context.now.wall)
      byteCount += Self.byteCount(text, patterns[text])
      touch(.pattern(text))
    }
  }

  private mutating func compile(_ text: String) -> TopicPattern? {
    if let known = compiled[text] { return known }
    do throws(TopicPatternError) {
      let pattern = try TopicPattern(text)
      compiled[text] = pattern
      return pattern
    } catch {
      // Whoever asks for it is told by `check(pattern:)`; here it can only come from the log of another version.
      return nil
    }
  }

  /// Refuses a regular expression that nothing can be matched with.
  mutating func check(pattern text: String) throws(ConsumerGroupRefusal) {
    if compiled[text] != nil { return }
    guard compiled.count < Self.patternLimit else {
      throw ConsumerGroupRefusal(
        .invalidRegularExpression,
        "members of a group may use \(Self.patternLimit) different regular expressions, and these are in use")
    }
    do throws(TopicPatternError) {
      _ = try TopicPattern(text)
    } catch {
      throw ConsumerGroupRefusal(.invalidRegularExpression, "\(text): \(error)")
    }
  }

  private static func byteCount(_ text: String, _ resolved: ResolvedPattern?) -> Int {
    guard let resolved else { return 0 }
    return resolved.topics.reduce(text.utf8.count + 64) { $0 + $1.utf8.count + 32 }
  }

  /// Computes the targets anew where the epoch has moved on.
  mutating func updateTargets() {
    guard epoch > assignmentEpoch else { return }
    let byName = Dictionary(topics.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    // Static members keep their places when they come back under another id.
    let order = members.sorted { left, right in
      (left.value.metadata.instanceID ?? left.key, left.key) < (right.value.metadata.instanceID ?? right.key, right.key)
    }
    let input = order.map { id, member in
      var names = Set(member.metadata.topics)
      if let pattern = member.metadata.effectivePattern { names.formUnion(patterns[pattern]?.topics ?? []) }
      return ServerAssignor.Member(
        id: id, topics: names.sorted().compactMap { byName[$0] }, previous: targets[id] ?? PartitionSet())
    }
    let assigned = assignor.assign(input)
    for (id, _) in order { setTarget(assigned[id] ?? PartitionSet(), of: id) }
    assignmentEpoch = epoch
    touch(.targetEpoch)
  }
}

extension ConsumerGroup {
  /// Applies a record of the log.
  mutating func apply(_ record: ConsumerGroupRecord) {
    switch record {
    case .epoch(let epoch): self.epoch = max(epoch ?? 0, 0)
    case .targetEpoch(let epoch): assignmentEpoch = max(epoch ?? 0, 0)
    case .topics(let topics): self.topics = topics ?? []
    case .pattern(let text, let resolved):
      byteCount += Self.byteCount(text, resolved) - Self.byteCount(text, patterns[text])
      patterns[text] = resolved
    case .member(let id, let metadata?):
      var member = members[id] ?? ConsumerMember(metadata: metadata)
      member.metadata = metadata
      store(member, as: id)
    case .member(let id, nil):
      discard(id)
    case .target(let id, let target): targets[id] = target
    case .current(let id, let current):
      guard current != nil || members[id] != nil else { return }
      var member = members[id] ?? ConsumerMember(metadata: ConsumerMemberMetadata())
      member.current = current ?? ConsumerMemberState()
      store(member, as: id)
    }
  }

  /// The log has been applied: each member has all its time again, and nothing has to be written but what the log had
  /// wrong.
  mutating func resume(_ context: GroupContext) {
    touched = []
    isTouched = []
    catalogVersion = nil
    owners = [:]
    targets = targets.filter { members[$0.key] != nil }
    // Epochs never go back, whatever the log lacks.
    assignmentEpoch = members.values.reduce(assignmentEpoch) { max($0, $1.current.epoch) }
    epoch = max(epoch, assignmentEpoch)
    for id in members.keys.sorted() {
      guard var member = members[id] else { continue }
      // In a log that is whole no partition is held twice.
      member.current.assigned = member.current.assigned.filter { owners[$0]?[$1] == nil }
      member.current.pendingRevocation = member.current.pendingRevocation.filter { owners[$0]?[$1] == nil }
      member.held.forEach { owners[$0, default: [:]][$1] = id }
      member.sessionDeadline = sessionDeadline(of: member, context)
      member.rebalanceDeadline = .max
      if member.state == .unrevokedPartitions {
        member.rebalanceDeadline = context.deadline(afterMilliseconds: member.metadata.rebalanceTimeoutMs)
      }
      members[id] = member
    }
  }

  func sessionDeadline(of member: ConsumerMember, _ context: GroupContext) -> Int64 {
    context.deadline(
      afterMilliseconds: member.metadata.classic?.sessionTimeoutMs ?? context.configuration.consumerSessionTimeoutMs)
  }
}
