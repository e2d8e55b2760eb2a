/// How far a stream has been acknowledged without a gap. Records are sent in spans, each with the position behind it;
/// acknowledgements may come in any order, and the position moves only past spans that are whole.
public struct DeliveryTracker<Position: Sendable & Hashable>: Sendable {
  private struct Span: Sendable {
    var end: Position
    var outstanding: Int
  }

  /// Everything before it is acknowledged.
  public private(set) var acknowledged: Position
  private var spans: [Span] = []
  /// Spans at the front of `spans` that are done; cut off now and then.
  private var done = 0
  /// The number of the first element of `spans`.
  private var firstSpan: UInt64 = 0

  public init(startingAt position: Position) {
    acknowledged = position
  }

  /// The number that the next span will have.
  public var nextSpan: UInt64 { firstSpan + UInt64(spans.count) }

  /// Whether nothing that was sent waits for its acknowledgement.
  public var isSettled: Bool { done == spans.count }

  /// Records sent and not acknowledged.
  public var outstanding: Int { spans[done...].reduce(0) { $0 + $1.outstanding } }

  /// Closes the span `nextSpan` after `count` records were sent in it; `end` is the position behind them. A span
  /// without records moves the position too, once all before it is acknowledged.
  public mutating func append(count: Int, end: Position) {
    spans.append(Span(end: end, outstanding: count))
    advance()
  }

  /// Where a span that a token names is in `spans`.
  private func index(ofSpan span: UInt64) -> Int? {
    let ahead = (span &- firstSpan) & DeliveryToken.spanMask
    return ahead < UInt64(spans.count) ? Int(ahead) : nil
  }

  /// Takes note that `count` records of a span are settled. Spans that are unknown or done are no concern: they belong
  /// to a time before `rewind`. Returns whether `acknowledged` moved.
  public mutating func settle(span: UInt64, count: Int) -> Bool {
    guard let index = index(ofSpan: span) else { return false }
    spans[index].outstanding = max(0, spans[index].outstanding - count)
    return advance()
  }

  /// The positions before and behind a span, while it is outstanding.
  public func range(ofSpan span: UInt64) -> (start: Position, end: Position)? {
    guard let index = index(ofSpan: span), index >= done else { return nil }
    return (index > done ? spans[index - 1].end : acknowledged, spans[index].end)
  }

  /// Gives up all that is outstanding: what follows is sent again from the position returned. Acknowledgements that
  /// still come for the spans given up are ignored.
  public mutating func rewind() -> Position {
    firstSpan = nextSpan
    spans.removeAll(keepingCapacity: true)
    done = 0
    return acknowledged
  }

  @discardableResult
  private mutating func advance() -> Bool {
    let before = done
    while done < spans.count, spans[done].outstanding == 0 {
      acknowledged = spans[done].end
      done += 1
    }
    guard done > before else { return false }
    if done == spans.count || done >= 64 {
      spans.removeFirst(done)
      firstSpan += UInt64(done)
      done = 0
    }
    return true
  }
}
