import Base

/// The `range` assignor: each topic's partitions in runs, in the order of the members.
enum RangeAssignment {
  static func of(_ members: [ServerAssignor.Member]) -> [String: PartitionSet] {
    var result: [String: PartitionSet] = [:]
    var subscribers: [SubscribedTopic: [String]] = [:]
    for member in members {
      result[member.id] = PartitionSet()
      for topic in member.topics { subscribers[topic, default: []].append(member.id) }
    }
    for (topic, ids) in subscribers {
      let share = Int(topic.partitionCount) / ids.count
      let extra = Int(topic.partitionCount) % ids.count
      var next: Int32 = 0
      for (place, id) in ids.enumerated() {
        for _ in 0..<(share + (place < extra ? 1 : 0)) {
          result[id]?.insert(next, of: topic.id)
          next += 1
        }
      }
    }
    return result
  }
}
