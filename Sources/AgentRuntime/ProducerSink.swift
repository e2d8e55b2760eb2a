import AgentCore

/// Hands records to the producer and remembers why it took no more.
struct ProducerSink: RecordSink {
  private let producer: any RecordProducer
  /// Whether the producer had no room for anything when it was asked last.
  private(set) var isFull = false
  private(set) var sentCount = 0
  private(set) var sentBytes = 0

  init(_ producer: any RecordProducer) {
    self.producer = producer
  }

  mutating func send(_ run: RecordRun) -> Int {
    let taken = producer.send(run)
    isFull = taken.rest == .full
    sentCount += taken.count
    for extent in run.extents.prefix(taken.count) { sentBytes += extent.count }
    return taken.count
  }
}
