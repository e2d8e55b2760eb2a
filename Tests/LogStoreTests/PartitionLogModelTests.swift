import Base
import Glibc
import LogStore
import Simulator
import Testing

/// Random lives of a log against `LogModel`: each operation is compared, and after each kill or power loss the log must
/// hold an unbroken first part of what it had, with everything that was synced. `SPLASHDAM_MODEL_SEEDS` says how many
/// seeds to try (150 unless told), `SPLASHDAM_MODEL_SEED` with which one to begin.
@Suite struct PartitionLogModelTests {
  private static func number(_ variable: String) -> UInt64? {
    getenv(variable).flatMap { UInt64(String(cString: $0)) }
  }

  /// Seeds that once found something: a reset that was killed, then a power loss, brought back a segment under its name.
  @Test(arguments: [4_227_238_147_065_545_820]) func goesOnDoingSo(seed: UInt64) throws {
    var run = try LogModelRun(seed: seed)
    try run.live()
  }

  @Test func behavesAsTheModel() throws {
    let count = Self.number("SPLASHDAM_MODEL_SEEDS") ?? 150
    let first = Self.number("SPLASHDAM_MODEL_SEED") ?? UInt64.random(in: 0...UInt64.max / 2)
    print("log model: seeds \(first) to \(first + count - 1)")
    var totals = LogModelRun.Counts()
    for seed in first..<(first + count) {
      do {
        var run = try LogModelRun(seed: seed)
        try run.live()
        totals.add(run.counts)
      } catch {
        Issue.record("seed \(seed): \(error)")
        return
      }
    }
    print("log model: \(totals)")
    // A run that never meets what it is for proves nothing.
    if count >= 100 { #expect(totals.isBroad, "\(totals)") }
  }
}
