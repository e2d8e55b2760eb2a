import Base
import KafkaProtocol

extension GroupCoordinator {
  /// Applies a record of the log, in the order of the log, before anything is asked.
  public mutating func replay(_ record: GroupRecord) {
    switch record {
    case .group(let groupID, let snapshot?):
      updateOrCreate(groupID) { group, _ in group.restore(snapshot) }
    case .group(let groupID, nil):
      update(groupID) { group, _ in group.forget() }
    case .consumer(let groupID, let record):
      if record.isTombstone {
        update(groupID) { group, _ in group.restore(record) }
      } else {
        updateOrCreate(groupID) { group, _ in group.restore(record) }
      }
    case .offset(let groupID, let partition, let offset?):
      updateOrCreate(groupID) { $0.setOffset(partition, to: offset, token: 0, &$1) }
    case .offset(let groupID, let partition, nil):
      update(groupID) { $0.removeOffset(partition, appendedBefore: 1, &$1) }
    }
  }

  private mutating func updateOrCreate(
    _ groupID: String, _ body: (inout ClassicGroup, inout GroupContext) -> Void
  ) {
    createLoaded(groupID)
    update(groupID, body)
  }

  /// The log has been applied: members have a whole session timeout to be heard of again, and groups with more members
  /// than are allowed now begin anew.
  public mutating func finishLoading(now: Moment) {
    context.now = now
    nextExpiration = now.deadline(afterMilliseconds: context.configuration.offsetsRetentionCheckIntervalMs)
    for groupID in groups.keys.sorted() { update(groupID) { $0.resume(&$1) } }
  }
}
