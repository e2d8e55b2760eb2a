/// A topic as its producer knows it: a handle that saves looking the name up for each record. Valid with the producer
/// that gave it.
public struct ProducerTopic: Sendable, Hashable {
  package let index: Int

  package init(index: Int) {
    self.index = index
  }
}
