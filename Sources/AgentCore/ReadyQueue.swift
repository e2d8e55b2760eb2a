/// Files that want a turn, first come, first served.
struct ReadyQueue: Sendable {
  private var ids: [UInt32] = []
  private var head = 0

  var count: Int { ids.count - head }

  mutating func append(_ id: UInt32) { ids.append(id) }

  mutating func popFirst() -> UInt32? {
    guard head < ids.count else { return nil }
    defer {
      head += 1
      if head == ids.count {
        ids.removeAll(keepingCapacity: true)
        head = 0
      } else if head >= 1024 {
        ids.removeFirst(head)
        head = 0
      }
    }
    return ids[head]
  }
}
