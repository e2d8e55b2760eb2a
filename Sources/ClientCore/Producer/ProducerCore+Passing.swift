import Records

extension ProducerCore {
  /// Lets what waited too long fail, takes what may be sent out of the accumulator, and sends it. At the end of it
  /// whatever is still there waits for an answer, the metadata, a tick or `deadline`.
  ///
  /// - Parameter withAccumulator: hands the accumulator to what it is given, under the lock of those who append.
  public mutating func pass(
    now: Int64, _ effects: inout [ProducerEffect],
    _ withAccumulator: ((inout RecordAccumulator) -> Void) -> Void
  ) {
    expire(now: now, &effects, withAccumulator)
    // Before the accumulator is asked: this may begin the epoch that what waits there goes out in, and nothing but the
    // answer to what is sent now would bring another look.
    advance(now: now, &effects)
    while take(now: now, &effects, withAccumulator) {}
  }

  private mutating func take(
    now: Int64, _ effects: inout [ProducerEffect],
    _ withAccumulator: ((inout RecordAccumulator) -> Void) -> Void
  ) -> Bool {
    var batches: [(RecordAccumulator.Slot, RecordAccumulator.Batch)] = []
    withAccumulator { accumulator in
      accumulator.take(&batches) { wants($0, now: now) }
    }
    if batches.isEmpty { return false }
    for (slot, batch) in batches { add(batch, to: slot, now: now, &effects) }
    advance(now: now, &effects)
    let builders = batches.map(\.1.builder)
    batches = []
    withAccumulator { accumulator in
      for builder in builders { accumulator.recycle(builder) }
    }
    return true
  }

  private mutating func expire(
    now: Int64, _ effects: inout [ProducerEffect],
    _ withAccumulator: ((inout RecordAccumulator) -> Void) -> Void
  ) {
    guard let timeout = options.deliveryTimeoutMilliseconds else { return }
    let (limit, overflow) = now.subtractingReportingOverflow(
      timeout.multipliedReportingOverflow(by: 1_000_000).partialValue)
    if overflow { return }
    var expired: [(RecordAccumulator.Slot, RecordAccumulator.Batch)] = []
    withAccumulator { expired = $0.takeExpired(openedBefore: limit) }
    for (slot, batch) in expired { self.expired(batch, of: slot, &effects) }
  }
}
