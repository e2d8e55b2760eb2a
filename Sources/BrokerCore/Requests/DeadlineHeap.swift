/// Which waiting request is due first. Requests that were answered before their time stay in it until the heap is
/// mostly made of such; `compact` then takes them out.
struct DeadlineHeap {
  private struct Entry {
    var deadline: Int64
    var request: RequestID
  }

  private var heap: [Entry] = []
  private var compactionSize = 64

  var first: Int64? { heap.first?.deadline }

  /// - Parameter isWaiting: whether a request still waits.
  mutating func insert(_ request: RequestID, at deadline: Int64, isWaiting: (RequestID) -> Bool) {
    if heap.count >= compactionSize {
      let waiting = heap.filter { isWaiting($0.request) }
      heap = []
      for entry in waiting { push(entry) }
      compactionSize = max(64, heap.count * 2)
    }
    push(Entry(deadline: deadline, request: request))
  }

  /// Takes out the first request that is due; nil when none is.
  mutating func popDue(at time: Int64) -> RequestID? {
    guard let first = heap.first, first.deadline <= time else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink()
    }
    return first.request
  }

  private mutating func push(_ entry: Entry) {
    heap.append(entry)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].deadline < heap[parent].deadline else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var smallest = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].deadline < heap[smallest].deadline {
        smallest = child
      }
      if smallest == parent { return }
      heap.swapAt(parent, smallest)
      parent = smallest
    }
  }
}
