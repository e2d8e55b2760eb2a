/// Which key is due first. Each key is in it once at most, so that it never grows beyond its keys.
package struct DeadlineQueue: Sendable {
  private struct Entry: Sendable {
    var deadline: Int64
    var key: String

    static func < (left: Entry, right: Entry) -> Bool {
      (left.deadline, left.key) < (right.deadline, right.key)
    }
  }

  private var heap: [Entry] = []
  private var positions: [String: Int] = [:]

  package init() {}

  package var first: Int64? { heap.first?.deadline }
  package var count: Int { heap.count }

  /// Sets or moves the deadline of a key; `.max` takes it out.
  package mutating func set(_ key: String, to deadline: Int64) {
    guard deadline != .max else { return remove(key) }
    guard let position = positions[key] else {
      heap.append(Entry(deadline: deadline, key: key))
      positions[key] = heap.count - 1
      rise(heap.count - 1)
      return
    }
    if heap[position].deadline == deadline { return }
    heap[position].deadline = deadline
    rise(position)
    sink(position)
  }

  package mutating func remove(_ key: String) {
    guard let position = positions.removeValue(forKey: key) else { return }
    let last = heap.removeLast()
    guard position < heap.count else { return }
    heap[position] = last
    positions[last.key] = position
    rise(position)
    sink(position)
  }

  /// Takes out the keys that are due, first the earliest.
  package mutating func removeDue(at time: Int64) -> [String] {
    var due: [String] = []
    while let first = heap.first, first.deadline <= time {
      due.append(first.key)
      remove(first.key)
    }
    return due
  }

  private mutating func rise(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child] < heap[parent] else { return }
      swap(child, parent)
      child = parent
    }
  }

  private mutating func sink(_ start: Int) {
    var parent = start
    while true {
      var smallest = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[smallest] {
        smallest = child
      }
      if smallest == parent { return }
      swap(parent, smallest)
      parent = smallest
    }
  }

  private mutating func swap(_ left: Int, _ right: Int) {
    heap.swapAt(left, right)
    positions[heap[left].key] = left
    positions[heap[right].key] = right
  }
}
