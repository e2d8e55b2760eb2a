import AgentCore
import Base

/// A writer with its rotations, an agent with its crashes, and what must hold between them. Everything follows from
/// one seed.
struct TailModel {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// What became of one path.
  private struct Stream {
    var lines: [String] = []
    /// The part of the line being written that is in the file.
    var written = ""
    /// All lines before it have been sent in this life of the agent, or acknowledged.
    var seen = 0
    /// Those that are acknowledged: only they survive a crash.
    var acknowledged: Set<Int> = []
    /// Lines that were sent early, turned out to be whole, and are not acknowledged yet.
    var wholeEarly: Set<Int> = []
    /// The last line sent in this life of the agent.
    var last: Int?
    var rotations = 0
    /// Whether the file was renamed or emptied since positions were stored. Were it done again before a crash, nothing
    /// would tell of what the file held in between.
    var isDisturbed = false
    /// What was sent of a line before it had an end: perhaps all of it.
    var early: (number: Int, text: String, isAcknowledged: Bool)?
    /// The pieces of a long line that is being sent.
    var pieces = ""
  }

  let crashes: Bool
  /// Whether the globs match the names that files are renamed to.
  private let matchesRenamed: Bool
  private var random: SeededRandom
  private var tail: Tail
  private var streams: [String: Stream] = [:]
  private var stored: [StoredFilePosition]
  private var isRunning = true
  /// Whether a crash would lose what a deleted file held.
  private var isPerishable = false
  /// The lines of spans that are not wholly acknowledged.
  private var sent: [DeliveryToken: [(path: String, number: Int, isEarly: Bool)]] = [:]
  private(set) var counts = (lines: 0, duplicates: 0, crashes: 0, rotations: 0, early: 0)

  init(seed: UInt64, crashes: Bool) throws {
    self.crashes = crashes
    random = SeededRandom(seed: seed)
    let files = MemoryFiles()
    matchesRenamed = Bool.random(using: &random)
    // Long lines are cut where nothing crashes, so that the pieces can be put together again.
    tail = Tail(
      files,
      try Tail.settings(["/log/*.log"] + (matchesRenamed ? ["/log/*.log.*"] : []), lineLimit: crashes ? 100_000 : 50))
    files.limitReads(Int.random(in: 1500...6000, using: &random))
    stored = []
    for index in 0..<3 {
      streams["/log/\(index).log"] = Stream()
      files.create("/log/\(index).log")
    }
    look()
    stored = tail.source.storedPositions
  }

  private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  mutating func run(steps: Int) throws {
    for _ in 0..<steps { try step() }
    // In the end everything arrives.
    tail.sink.room = .max
    if !isRunning { restart() }
    for path in streams.keys.sorted() { finishLine(path) }
    for _ in 0..<3 {
      tail.wait(6000)
      tail.run()
      try check()
      acknowledgeAll()
    }
    for (path, stream) in streams.sorted(by: { $0.key < $1.key }) {
      var stream = stream
      absorbEarly(&stream)
      guard stream.acknowledged.count == stream.lines.count else {
        throw Failure(description: "\(path): \(stream.acknowledged.count) of \(stream.lines.count) lines arrived")
      }
      counts.lines += stream.lines.count
    }
    tail.wait(700_000)
    tail.run()
    guard tail.source.outstanding == 0, tail.files.openCount == 0 else {
      throw Failure(description: "\(tail.files.openCount) files stay open")
    }
  }

  private mutating func step() throws {
    let path = "/log/\(Int.random(in: 0..<3, using: &random)).log"
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<40: write(path)
    case 40..<46: rotate(path)
    case 46..<70: try read()
    case 70..<80: acknowledge()
    case 80..<88: if isRunning { store() }
    case 88..<95: tail.wait(Int64.random(in: 0...4000, using: &random))
    default: if crashes { try crash() }
    }
  }

  /// Appends to the line being written, ends it, or writes several.
  private mutating func write(_ path: String) {
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      if chance(70) { finishLine(path) }
      if chance(30), var stream = streams[path] {
        if stream.written.isEmpty { stream.written = beginning(stream.lines.count) }
        let more = String(repeating: "+", count: Int.random(in: 0...60, using: &random))
        tail.files.append(path, (stream.written.hasSuffix("#") ? stream.written : "") + more)
        stream.written += more.isEmpty ? "" : more
        if !stream.written.hasSuffix("+") { stream.written += "+"; tail.files.append(path, "+") }
        streams[path] = stream
      }
    }
  }

  private func beginning(_ number: Int) -> String { "\((1_000_000 + number))#" }

  private mutating func finishLine(_ path: String) {
    guard var stream = streams[path] else { return }
    if stream.written.isEmpty {
      let line =
        beginning(stream.lines.count) + String(repeating: "-", count: Int.random(in: 0...90, using: &random))
        + (chance(10) ? "\r" : "")
      tail.files.append(path, line + "\n")
      stream.lines.append(line)
    } else {
      let rest = chance(50) ? "." : ""
      tail.files.append(path, rest + "\n")
      stream.lines.append(stream.written + rest)
    }
    stream.written = ""
    streams[path] = stream
  }

  private mutating func rotate(_ path: String) {
    guard tail.files.content(path)?.isEmpty == false, streams[path]?.isDisturbed == false else { return }
    finishLine(path)
    streams[path]?.rotations += 1
    streams[path]?.isDisturbed = true
    counts.rotations += 1
    let name = "\(path).\(streams[path]?.rotations ?? 0)"
    switch Int.random(in: 0..<4, using: &random) {
    // A copy that the globs match is a stream of its own.
    case 0 where !matchesRenamed && (isRunning || stored.contains { $0.path == path && $0.fingerprint.length > 0 }):
      tail.files.copy(path, to: name)
      // A new name makes the agent look.
      if isRunning {
        tail.source.scan(tail.now)
        // Of a file that was empty when positions were stored nothing would tell after a crash.
        stored = tail.source.storedPositions
      }
      tail.files.truncate(path)
    case 1 where isRunning && !isPerishable:
      // Only what is open can be read when it has no name any more.
      tail.source.scan(tail.now)
      tail.files.delete(path)
      isPerishable = true
    default: tail.files.move(path, name)
    }
    // The new file is there at once, as a logger would make it.
    finishLine(path)
    if isRunning { look() }
  }

  /// The agent hears of each change of names.
  private mutating func look() {
    tail.source.scan(tail.now)
    let room = tail.sink.room
    tail.sink.room = 0
    // Truncation is seen only when a file is looked into.
    for (id, _) in tail.source.followed { tail.source.noteChange(id) }
    for _ in 0..<50 { _ = tail.source.turn(tail.now, into: &tail.sink) }
    tail.sink.room = room
    if !crashes { store() }
  }

  private mutating func store() {
    stored = tail.source.storedPositions
    for path in streams.keys { streams[path]?.isDisturbed = false }
  }

  private mutating func read() throws {
    guard isRunning else { return restart() }
    tail.sink.room = chance(30) ? Int.random(in: 0...20, using: &random) : .max
    if chance(20) { tail.source.scan(tail.now) }
    for (id, _) in tail.source.followed where chance(60) { tail.source.noteChange(id) }
    tail.source.noteTime(tail.now)
    var turns = Int.random(in: 0...10, using: &random)
    while turns > 0, tail.source.turn(tail.now, into: &tail.sink) == .more { turns -= 1 }
    try check()
  }

  /// Acknowledges some of what is outstanding, in any order, in parts.
  private mutating func acknowledge() {
    guard isRunning else { return }
    for _ in 0..<Int.random(in: 0...tail.sink.pending.count, using: &random) {
      let index = Int.random(in: 0..<tail.sink.pending.count, using: &random)
      let (token, count) = tail.sink.pending[index]
      let part = Int.random(in: 1...count, using: &random)
      tail.source.settle(token, count: part, .acknowledged)
      tail.sink.pending[index].count -= part
      if part == count {
        tail.sink.pending.remove(at: index)
        noteAcknowledged(token)
      }
    }
  }

  private mutating func acknowledgeAll() {
    let tokens = tail.sink.pending.map(\.token)
    tail.acknowledgeAll()
    for token in tokens { noteAcknowledged(token) }
  }

  private mutating func noteAcknowledged(_ token: DeliveryToken) {
    for (path, number, isEarly) in sent.removeValue(forKey: token) ?? [] {
      if !isEarly {
        streams[path]?.acknowledged.insert(number)
      } else if streams[path]?.early?.number == number {
        streams[path]?.early?.isAcknowledged = true
      } else if streams[path]?.wholeEarly.remove(number) != nil {
        streams[path]?.acknowledged.insert(number)
      }
    }
  }

  private mutating func crash() throws {
    guard isRunning else { return }
    if isPerishable {
      tail.sink.room = .max
      for path in streams.keys.sorted() { finishLine(path) }
      tail.run()
      tail.run()
      try check()
      acknowledgeAll()
      stored = tail.source.storedPositions
      isPerishable = false
    }
    counts.crashes += 1
    isRunning = false
    tail.sink.pending = []
    // What it has open is closed for it.
    tail.source.closeAll()
    sent = [:]
    for path in streams.keys {
      guard var stream = streams[path] else { continue }
      absorbEarly(&stream)
      if stream.early?.isAcknowledged == false { stream.early = nil }
      stream.wholeEarly = []
      stream.last = nil
      // What was on the way is lost with it.
      stream.seen = (0...).first { !stream.acknowledged.contains($0) } ?? 0
      streams[path] = stream
    }
  }

  private mutating func restart() {
    isRunning = true
    tail.source = FileSource(tail.files, tail.settings, number: 0, stored: stored)
    look()
  }

  /// Takes what was sent and compares it with what was written.
  private mutating func check() throws {
    for record in tail.sink.records {
      guard var stream = streams[record.path] else { throw Failure(description: "no such path: \(record.path)") }
      try check(record, &stream)
      streams[record.path] = stream
    }
    tail.sink.records.removeAll()
  }

  private mutating func check(_ record: CollectingSink.Record, _ stream: inout Stream) throws {
    if stream.early != nil && !record.mark.contains(.completed) && !record.mark.contains(.unterminated) {
      absorbEarly(&stream)
      stream.pieces = ""
    }
    if record.mark.contains(.part) {
      stream.early = nil
      stream.pieces += record.text
      return
    }
    let text = stream.pieces + record.text
    guard let number = Int(text.prefix { $0 != "#" }).map({ $0 - 1_000_000 }), number >= 0 else {
      throw Failure(description: "\(record.path): torn: \(text)")
    }
    let line = number < stream.lines.count ? stream.lines[number] : stream.written
    sent[record.token, default: []].append((record.path, number, record.mark.contains(.unterminated)))
    if record.mark.contains(.unterminated) {
      counts.early += 1
      guard line.hasPrefix(text) else {
        throw Failure(description: "\(record.path): \(text) is not the start of \(line)")
      }
      stream.early = (number, text, false)
      return
    }
    stream.pieces = ""
    stream.early = nil
    guard line == text else { throw Failure(description: "\(record.path): \(text) instead of \(line)") }
    if let last = stream.last, number <= last {
      throw Failure(description: "\(record.path): line \(number) came after \(last)")
    }
    if let missing = (min(stream.seen, number)..<number).first(where: {
      $0 >= stream.seen && !stream.acknowledged.contains($0)
    }) {
      throw Failure(description: "\(record.path): line \(number) came, line \(missing) did not")
    }
    if number < stream.seen || stream.acknowledged.contains(number) { counts.duplicates += 1 }
    stream.last = number
    stream.seen = max(stream.seen, number + 1)
  }

  /// When the end of a line is written that was sent early, and was whole then, nothing more is sent of it.
  private func absorbEarly(_ stream: inout Stream) {
    guard let early = stream.early, early.number < stream.lines.count, stream.lines[early.number] == early.text else {
      return
    }
    stream.early = nil
    if stream.seen == early.number { stream.seen += 1 }
    if early.isAcknowledged {
      stream.acknowledged.insert(early.number)
    } else {
      stream.wholeEarly.insert(early.number)
    }
  }
}
