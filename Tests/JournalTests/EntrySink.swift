import AgentCore
import Base
import Journal

/// Keeps the entries it is sent, as far as it has room.
struct EntrySink: RecordSink {
  struct Entry {
    var json: [UInt8]
    var route: RecordRoute
    var timestamp: Int64
    var mark: LineMark
    var token: DeliveryToken
  }

  var entries: [Entry] = []
  var room = Int.max

  mutating func send(_ run: RecordRun) -> Int {
    guard room > 0 else { return 0 }
    room -= 1
    for extent in run.extents {
      entries.append(
        Entry(
          json: Array(run.value(extent)), route: run.route, timestamp: run.timestamp, mark: run.mark, token: run.token))
    }
    return run.extents.count
  }
}

extension JournalSource {
  /// Sends all there is; returns false when the sink became full.
  @discardableResult
  func run(into sink: inout EntrySink, at monotonic: Int64 = 0) -> Bool {
    while true {
      switch turn(Moment(monotonic: monotonic, wall: 0), into: &sink) {
      case .more: continue
      case .nothing: return true
      case .full: return false
      }
    }
  }
}

extension JournalSourceSettings {
  static func test(
    _ directory: String?, filter: JournalFilter = JournalFilter(), entryLimit: Int = 1_000_000,
    startsAtEnd: Bool = false
  ) throws -> JournalSourceSettings {
    JournalSourceSettings(
      name: "journal", host: "h1", directory: directory, filter: filter,
      topic: try Template("journal", placeholders: placeholders),
      key: try Template("{host}:{unit}", placeholders: placeholders), entryLimit: entryLimit, startsAtEnd: startsAtEnd)
  }
}
