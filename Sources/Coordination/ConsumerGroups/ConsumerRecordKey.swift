/// Names one of the records that together say everything about a consumer group.
enum ConsumerRecordKey: Sendable, Hashable {
  case pattern(String)
  case member(String)
  case topics
  case epoch
  case target(String)
  case targetEpoch
  case current(String)

  var tombstone: ConsumerGroupRecord {
    switch self {
    case .pattern(let text): .pattern(text, nil)
    case .member(let id): .member(id, nil)
    case .topics: .topics(nil)
    case .epoch: .epoch(nil)
    case .target(let id): .target(id, nil)
    case .targetEpoch: .targetEpoch(nil)
    case .current(let id): .current(id, nil)
    }
  }
}
