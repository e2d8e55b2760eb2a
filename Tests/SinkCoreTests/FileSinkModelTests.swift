import Base
import Simulator
import SinkCore
import Testing

@Suite struct FileSinkModelTests {
  private enum Kill: CaseIterable {
    /// `kill -9`: what was written stays.
    case process
    /// The power fails: of what was not synced any part stays.
    case power
  }

  private static func recover(_ world: inout SinkWorld, _ kill: Kill, _ random: inout SeededRandom) throws {
    switch kill {
    case .process: world.files.kill()
    case .power: world.files.crash(&random)
    }
    try world.restart()
  }

  private static func world(_ random: inout SeededRandom, shared: Bool, lines: Int = 12) throws -> SinkWorld {
    try SinkWorld(
      path: shared ? "/out/{host}.log" : "/out/{partition}/{host}.log", partitions: 3, linesPerPartition: lines,
      hosts: 3,
      bufferSize: 400, openFileLimit: Int.random(in: 1...5, using: &random), &random)
  }

  private static func path(shared: Bool) -> (SinkWorld.Line) -> String {
    { shared ? "/out/\($0.host).log" : "/out/\($0.partition.partition)/\($0.host).log" }
  }

  /// The same short life, ended before its first change of the disk, before its second, and so on through to the last.
  @Test(arguments: [true, false])
  func aKillAtEachStepLosesAndDoublesNothing(shared: Bool) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("sink, each step: seed \(seed)")
    for kill in Kill.allCases {
      var calls = 0
      while true {
        var random = SeededRandom(seed: seed)
        var world = try Self.world(&random, shared: shared, lines: 4)
        world.files.stop(afterCalls: calls)
        do {
          try world.finish()
          world.check("killed after \(calls) calls", path: Self.path(shared: shared))
          break
        } catch is FileError {
          try Self.recover(&world, kill, &random)
        }
        try world.finish()
        world.check("killed after \(calls) calls", path: Self.path(shared: shared))
        calls += 1
      }
      #expect(calls > 20)
    }
  }

  private static func step(_ world: inout SinkWorld, _ random: inout SeededRandom) throws {
    let partition = world.partitions[Int.random(in: 0..<3, using: &random)]
    switch Int.random(in: 0..<24, using: &random) {
    case 0...13:
      if try !world.offer(partition) { try world.sink.flush() }
    case 14: try world.sink.flush()
    case 15: world.commit()
    case 16: world.commit(isHeard: false)
    case 17:
      // The disk fills up for a while.
      world.files.failNext(28, "no space left", count: Int.random(in: 1...3, using: &random))
      var failures = 0
      while true {
        do {
          try world.sink.flush()
          break
        } catch {
          failures += 1
          if failures > 5 { throw error }
          // While it waits, more may come in, or its partitions be lost.
          _ = try world.offer(partition)
          if Bool.random(using: &random) { world.discard() }
        }
      }
    case 18:
      // A rebalance in order: the partition goes away, somebody else may read on, and it comes back.
      guard world.assigned.contains(partition) else { return }
      try world.sink.flush()
      world.commit(isHeard: Bool.random(using: &random))
      world.sink.release([partition])
      world.assigned.removeAll { $0 == partition }
    case 19:
      if !world.assigned.contains(partition) { world.assign(partitions: [partition]) }
    case 20: world.discard()
    case 21: world.files.stop(afterCalls: Int.random(in: 0...40, using: &random))
    case 22:
      try world.sink.close()
      try world.restart()
    default: throw FileError(operation: "", path: "", code: 5, reason: "killed between two steps")
    }
  }

  @Test func anyLifeLosesAndDoublesNothing() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("sink model: seed \(seed)")
    for round in 0..<80 {
      let roundSeed = seed &+ UInt64(round)
      var random = SeededRandom(seed: roundSeed)
      let shared = Bool.random(using: &random)
      var world = try Self.world(&random, shared: shared)
      for _ in 0..<Int.random(in: 20...150, using: &random) {
        do {
          try Self.step(&world, &random)
        } catch  where error is FileError || error is SinkStateError {
          try Self.recover(&world, Bool.random(using: &random) ? .process : .power, &random)
        }
      }
      try Self.recover(&world, .process, &random)
      try world.finish()
      world.check("seed \(roundSeed)", path: Self.path(shared: shared))
      #expect(world.committed.values.allSatisfy { $0 == 12 }, "seed \(roundSeed)")
    }
  }
}
