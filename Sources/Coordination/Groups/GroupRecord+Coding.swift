import Base
import KafkaProtocol

// Kafka tells the kinds of records apart by the version of their key: 0 and 1 are offsets, 2 is a classic group, 3 to 8
// and 16 are groups of the next-generation protocol.
extension GroupRecord {
  private static let offsetKeyVersion: Int16 = 1
  private static let groupKeyVersion: Int16 = 2
  private static let groupValueVersion: Int16 = 3
  private static let offsetValueVersion: Int16 = 3
  /// The only version that has a time of expiry.
  private static let expiringOffsetValueVersion: Int16 = 1

  public func encodedKey() throws(GroupRecordError) -> [UInt8] {
    do throws(ProtocolError) {
      switch self {
      case .group(let groupID, _):
        var key = GroupMetadataKey()
        key.group = groupID
        return try key.encodedWithVersion(Self.groupKeyVersion)
      case .offset(let groupID, let partition, _):
        var key = OffsetCommitKey()
        key.group = groupID
        key.topic = partition.topic
        key.partition = partition.partition
        return try key.encodedWithVersion(Self.offsetKeyVersion)
      case .consumer(let groupID, let record):
        return try record.encodedKey(of: groupID)
      }
    } catch {
      throw .key(error)
    }
  }

  /// nil for a tombstone.
  public func encodedValue() throws(GroupRecordError) -> [UInt8]? {
    switch self {
    case .group(_, nil), .offset(_, _, nil):
      return nil
    case .consumer(let groupID, let record):
      do throws(ProtocolError) {
        return try record.encodedValue()
      } catch {
        throw .value(error, groupID: groupID)
      }
    case .group(let groupID, let snapshot?):
      do throws(ProtocolError) {
        return try GroupMetadataValue(snapshot).encodedWithVersion(Self.groupValueVersion)
      } catch {
        throw .value(error, groupID: groupID)
      }
    case .offset(let groupID, _, let offset?):
      let version = offset.expireTimestamp == nil ? Self.offsetValueVersion : Self.expiringOffsetValueVersion
      do throws(ProtocolError) {
        return try OffsetCommitValue(offset).encodedWithVersion(version)
      } catch {
        throw .value(error, groupID: groupID)
      }
    }
  }

  /// Reads a record; `value` is nil in a tombstone.
  public init(key: [UInt8], value: [UInt8]?) throws(GroupRecordError) {
    guard key.count >= 2 else { throw .key(.truncated(offset: 0, expected: 2, available: key.count)) }
    let kind = Int16(bitPattern: UInt16(key[0]) << 8 | UInt16(key[1]))
    switch kind {
    case 0...Self.offsetKeyVersion:
      let key = try Self.key(key, as: OffsetCommitKey.self)
      let offset = try Self.value(value, of: key.group, as: OffsetCommitValue.self)
      self = .offset(key.group, TopicPartition(key.topic, key.partition), offset.map { CommittedOffset($0) })
    case Self.groupKeyVersion:
      let key = try Self.key(key, as: GroupMetadataKey.self)
      let group = try Self.value(value, of: key.group, as: GroupMetadataValue.self)
      self = .group(key.group, group.map { GroupSnapshot($0) })
    default:
      self = try Self.consumer(kind, key, value)
    }
  }

  static func key<Key: VersionedMessage>(
    _ bytes: [UInt8], as type: Key.Type
  ) throws(GroupRecordError) -> Key {
    do throws(ProtocolError) {
      return try Key(decodingWithVersion: bytes)
    } catch {
      throw .key(error)
    }
  }

  static func value<Value: VersionedMessage>(
    _ bytes: [UInt8]?, of groupID: String, as type: Value.Type
  ) throws(GroupRecordError) -> Value? {
    guard let bytes else { return nil }
    do throws(ProtocolError) {
      return try Value(decodingWithVersion: bytes)
    } catch {
      throw .value(error, groupID: groupID)
    }
  }
}

extension OffsetCommitValue {
  fileprivate init(_ offset: CommittedOffset) {
    self.init()
    self.offset = offset.offset
    leaderEpoch = offset.leaderEpoch
    metadata = offset.metadata
    commitTimestamp = offset.commitTimestamp
    expireTimestamp = offset.expireTimestamp ?? -1
  }
}

extension CommittedOffset {
  fileprivate init(_ value: OffsetCommitValue) {
    self.init(
      offset: value.offset, leaderEpoch: value.leaderEpoch, metadata: value.metadata,
      commitTimestamp: value.commitTimestamp,
      expireTimestamp: value.expireTimestamp < 0 ? nil : value.expireTimestamp)
  }
}

extension GroupMetadataValue {
  fileprivate init(_ snapshot: GroupSnapshot) {
    self.init()
    protocolType = snapshot.protocolType
    generation = snapshot.generation
    `protocol` = snapshot.protocolName
    leader = snapshot.leaderID
    currentStateTimestamp = snapshot.stateTimestamp ?? -1
    members = snapshot.members.map { member in
      var value = MemberMetadata()
      value.memberID = member.member.memberID
      value.groupInstanceID = member.member.instanceID
      value.clientID = member.clientID
      value.clientHost = member.clientHost
      value.rebalanceTimeout = member.rebalanceTimeoutMs
      value.sessionTimeout = member.sessionTimeoutMs
      value.subscription = member.subscription
      value.assignment = member.assignment
      return value
    }
  }
}

extension GroupSnapshot {
  fileprivate init(_ value: GroupMetadataValue) {
    self.init(
      protocolType: value.protocolType, generation: value.generation, protocolName: value.protocol,
      leaderID: value.leader, stateTimestamp: value.currentStateTimestamp < 0 ? nil : value.currentStateTimestamp,
      members: value.members.map { member in
        Member(
          member: GroupMemberIdentity(memberID: member.memberID, instanceID: member.groupInstanceID),
          clientID: member.clientID, clientHost: member.clientHost, rebalanceTimeoutMs: member.rebalanceTimeout,
          sessionTimeoutMs: member.sessionTimeout, subscription: member.subscription, assignment: member.assignment)
      })
  }
}
