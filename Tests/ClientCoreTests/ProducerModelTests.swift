import Base
import ClientCore
import KafkaProtocol
import NIOCore
import Records
import TestKit
import Testing

/// A producer on virtual time against two brokers that lose connections before and after an append, answer with errors,
/// and pass partitions on. Every record is in its partition's log exactly once and in the order it was sent.
@Suite struct ProducerModelTests {
  @Test(arguments: 0..<60)
  func everyRecordOnceAndInOrder(seed: UInt64) {
    var world = ProducerWorld(seed: seed)
    world.run(records: 600)
    world.check()
  }

  @Test(arguments: 100..<120)
  func aTopicTakenByHalvesKeepsItsOrder(seed: UInt64) {
    var world = ProducerWorld(seed: seed)
    world.batchLimit = 700
    world.run(records: 400)
    world.check()
  }

  @Test(arguments: 200..<220)
  func brokersThatForgetProducersLoseNothing(seed: UInt64) {
    var world = ProducerWorld(seed: seed)
    world.forgets = true
    world.run(records: 400)
    world.checkNothingLost()
  }
}
