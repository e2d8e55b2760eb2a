import AgentCore
import Base

/// Reads a journal from a cursor and sends its entries.
///
/// The shell calls `turn` until it returns `.nothing` or `.full`, then waits until `descriptor` is readable or
/// `nextDeadline` has passed; and `settle` for each acknowledgement. To be used by one thread at a time.
public final class JournalSource {
  /// Entries in one turn.
  static let turnLength = 256
  /// Milliseconds until a journal that could not be read is tried again.
  static let retryInterval: Int64 = 10_000
  /// Routes kept for units seen lately.
  static let routeLimit = 1024

  private let settings: JournalSourceSettings
  private let number: UInt32
  private let isFirstRun: Bool
  private var reader: JournalReader?
  private var encoder: JournalEntryEncoder
  private var delivery: DeliveryTracker<String?>
  /// The cursor of the entry sent last.
  private var position: String?
  private var sentCursor: [UInt8] = []
  private var routes: [[UInt8]: RecordRoute] = [:]
  private var routeKey: [UInt8] = []
  /// Whether the entry the reader is at was never sent.
  private var isAtUnread = false
  /// Whether that entry is encoded already.
  private var isEncoded = false
  private var retryAt = Int64.min
  private var hasFailed = false
  private var hasOpened = false

  /// What happened since the caller last emptied it.
  public var events: [JournalSourceEvent] = []
  /// Whether `storedCursor` differs from when the caller last reset this.
  public var hasMoved = false

  /// `stored` is the cursor an earlier run kept; the outer nil says that the source is new. `number` is the source's in
  /// tokens.
  public init(_ settings: JournalSourceSettings, number: UInt32, stored: String??) {
    self.settings = settings
    self.number = number
    isFirstRun = stored == nil
    position = stored ?? nil
    delivery = DeliveryTracker(startingAt: position)
    encoder = JournalEntryEncoder(limit: settings.entryLimit)
  }

  /// What to keep over a restart: only what is acknowledged.
  public var storedCursor: String? { delivery.acknowledged }

  /// Whether some entry that was sent is not settled yet.
  public var hasOutstanding: Bool { !delivery.isSettled }

  /// Entries sent and not yet settled.
  public var outstanding: Int { delivery.outstanding }

  /// To be polled for reading; nil while the journal is not open.
  public var descriptor: Int32? { reader?.descriptor }

  /// The monotonic time at which to take another turn whatever `descriptor` says; nil for never.
  public var nextDeadline: Int64? {
    if let reader { reader.timeout } else { retryAt }
  }

  /// Sends some entries.
  public func turn(_ now: Moment, into sink: inout some RecordSink) -> SourceTurn {
    do throws(JournalError) {
      if reader == nil { reader = try open(now) }
      guard let reader else { return .nothing }
      let turn = try send(from: reader, into: &sink)
      guard turn == .nothing else { return turn }
      return try reader.process() ? .more : .nothing
    } catch {
      if !hasFailed { events.append(.failed(error)) }
      hasFailed = true
      reader = nil
      isAtUnread = false
      isEncoded = false
      retryAt = now.deadline(afterMilliseconds: Self.retryInterval)
      return .nothing
    }
  }

  private func open(_ now: Moment) throws(JournalError) -> JournalReader? {
    guard now.monotonic >= retryAt else { return nil }
    // Of a field that is too large only this has to be known.
    let opened = try JournalReader(directory: settings.directory, fieldLimit: settings.entryLimit + 256)
    try opened.match(settings.filter)
    if let position {
      switch try opened.seek(behind: position) {
      case .entry: break
      case .following:
        events.append(.entryGone(cursor: position))
        isAtUnread = true
      case .end: events.append(.entryGone(cursor: position))
      }
    } else if settings.startsAtEnd && isFirstRun && !hasOpened {
      position = try opened.seekEnd()
      delivery = DeliveryTracker(startingAt: position)
      hasMoved = true
    } else {
      try opened.seekHead()
    }
    if !hasOpened || hasFailed { events.append(.opened(cursor: position)) }
    if !opened.hasFiles && !hasOpened { events.append(.noFiles) }
    hasOpened = true
    hasFailed = false
    return opened
  }

  private func send(from reader: JournalReader, into sink: inout some RecordSink) throws(JournalError) -> SourceTurn {
    let token = DeliveryToken(source: number, span: delivery.nextSpan)
    var sent = 0
    var turn = SourceTurn.more
    defer {
      if sent > 0 {
        position = String(decoding: sentCursor, as: UTF8.self)
        delivery.append(count: sent, end: position)
      }
    }
    while sent < Self.turnLength {
      if !isAtUnread {
        guard try reader.next() else {
          turn = .nothing
          break
        }
        isAtUnread = true
      }
      if !isEncoded {
        try encoder.encode(reader)
        isEncoded = true
      }
      guard sendEntry(token, into: &sink) else {
        turn = .full
        break
      }
      isAtUnread = false
      isEncoded = false
      sent += 1
      swap(&sentCursor, &encoder.cursor)
    }
    return turn
  }

  private func sendEntry(_ token: DeliveryToken, into sink: inout some RecordSink) -> Bool {
    let bytes = encoder.bytes
    let mark: LineMark = encoder.isCut ? .cut : []
    let run = RecordRun(
      bytes: bytes, extents: [.init(start: 0, count: bytes.count)], route: route(),
      timestamp: Int64(clamping: encoder.realtime / 1000), mark: mark, token: token)
    guard sink.send(run) == 1 else { return false }
    if encoder.isCut { events.append(.cut(cursor: String(decoding: encoder.cursor, as: UTF8.self))) }
    return true
  }

  private func route() -> RecordRoute {
    routeKey.removeAll(keepingCapacity: true)
    routeKey += encoder.unit
    // Neither field holds a zero byte when it names something.
    routeKey.append(0)
    routeKey += encoder.identifier
    routeKey.append(0)
    routeKey += encoder.transport
    if let route = routes[routeKey] { return route }
    let unit = [encoder.unit, encoder.identifier, encoder.transport].first { !$0.isEmpty } ?? []
    let route = settings.route(
      unit: String(decoding: unit, as: UTF8.self), identifier: String(decoding: encoder.identifier, as: UTF8.self),
      transport: String(decoding: encoder.transport, as: UTF8.self))
    if routes.count >= Self.routeLimit { routes.removeAll(keepingCapacity: true) }
    routes[routeKey] = route
    return route
  }

  /// Takes note of what became of `count` entries that were sent with `token`.
  public func settle(_ token: DeliveryToken, count: Int, _ outcome: DeliveryOutcome) {
    guard let range = delivery.range(ofSpan: token.span) else { return }
    switch outcome {
    case .acknowledged: break
    case .refused(let reason):
      events.append(.refused(from: range.start, to: range.end, count: count, reason: reason))
    case .failed(let reason):
      // Opened again, behind what is acknowledged, at the next turn.
      position = delivery.rewind()
      reader = nil
      isAtUnread = false
      isEncoded = false
      retryAt = .min
      events.append(.repeated(cursor: position, reason: reason))
      return
    }
    if delivery.settle(span: token.span, count: count) { hasMoved = true }
  }
}
