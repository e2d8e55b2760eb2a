import Base
import Synchronization

/// The partitions a client fetches again and again (KIP-227).
final class FetchSession<Files: FileSystem>: Sendable {
  struct State: Sendable {
    /// The epoch the next request must have.
    var epoch: Int32 = 1
    var targets: [FetchTarget<Files>]
    var places: [FetchKey: Int]
    /// Where the next answer begins, so that each partition gets its turn.
    var first = 0

    mutating func set(_ target: FetchTarget<Files>) {
      if let place = places[target.key] {
        var target = target
        target.toldHighWatermark = targets[place].toldHighWatermark
        target.toldLogStartOffset = targets[place].toldLogStartOffset
        target.isNew = false
        targets[place] = target
      } else {
        places[target.key] = targets.count
        targets.append(target)
      }
    }

    mutating func remove(_ key: FetchKey) {
      guard let place = places.removeValue(forKey: key) else { return }
      targets.swapAt(place, targets.count - 1)
      targets.removeLast()
      if place < targets.count { places[targets[place].key] = place }
    }
  }

  let id: Int32
  let usesTopicIDs: Bool
  let state: Mutex<State>

  init(id: Int32, usesTopicIDs: Bool, targets: [FetchTarget<Files>]) {
    self.id = id
    self.usesTopicIDs = usesTopicIDs
    var state = State(targets: [], places: [:])
    for target in targets { state.set(target) }
    self.state = Mutex(state)
  }
}
