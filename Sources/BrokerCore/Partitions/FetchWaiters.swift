/// The fetches that wait for a partition, each once. A few are looked through; many have an index, or thousands of
/// consumers of one partition would cost the square of their number with each append.
package struct FetchWaiters: Sendable {
  private static let indexedCount = 16

  package private(set) var list: [RequestID] = []
  /// By request, its place in `list`; empty while those are few.
  private var places: [RequestID: Int] = [:]

  package init() {}

  package var isEmpty: Bool { list.isEmpty }

  package mutating func insert(_ request: RequestID) {
    if place(of: request) != nil { return }
    list.append(request)
    if !places.isEmpty {
      places[request] = list.count - 1
    } else if list.count > Self.indexedCount {
      for (index, known) in list.enumerated() { places[known] = index }
    }
  }

  package mutating func remove(_ request: RequestID) {
    guard let place = place(of: request) else { return }
    list.swapAt(place, list.count - 1)
    list.removeLast()
    guard !places.isEmpty else { return }
    places[request] = nil
    if place < list.count { places[list[place]] = place }
  }

  package mutating func removeAll() {
    list.removeAll(keepingCapacity: true)
    places = [:]
  }

  private func place(of request: RequestID) -> Int? {
    places.isEmpty ? list.firstIndex(of: request) : places[request]
  }
}
