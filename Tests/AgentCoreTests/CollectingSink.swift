import AgentCore
import Base

/// Keeps what it is sent, as far as it has room, until it is told to acknowledge.
struct CollectingSink: RecordSink {
  struct Record: Equatable {
    var path: String
    var value: [UInt8]
    var mark: LineMark
    var token: DeliveryToken

    var text: String { String(decoding: value, as: UTF8.self) }
  }

  var records: [Record] = []
  /// Tokens not yet acknowledged, with the number of records.
  var pending: [(token: DeliveryToken, count: Int)] = []
  var room = Int.max

  mutating func send(_ run: RecordRun) -> Int {
    let count = min(run.extents.count, room)
    if room < Int.max { room -= count }
    guard count > 0 else { return 0 }
    for extent in run.extents.prefix(count) {
      records.append(Record(path: run.route.name, value: Array(run.value(extent)), mark: run.mark, token: run.token))
    }
    pending.append((run.token, count))
    return count
  }

  var texts: [String] { records.map(\.text) }

  func texts(of path: String) -> [String] { records.filter { $0.path == path }.map(\.text) }
}
