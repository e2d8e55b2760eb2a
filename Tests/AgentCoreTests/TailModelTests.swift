import Glibc
import Testing

@Suite struct TailModelTests {
  private static let failedOnce: [UInt64] = [
    4_320_026_132_403_001_230, 3_426_557_048_653_384_346, 8_295_675_049_051_044_400, 5_886_083_439_330_041_377,
  ]

  private static func number(_ variable: String) -> UInt64? {
    getenv(variable).flatMap { UInt64(String(cString: $0)) }
  }

  /// Random writing, renaming, copying, truncating, deleting, reading, acknowledging and crashing: no line is lost, each
  /// stream keeps its order, and nothing comes twice unless the agent crashed. `SPLASHDAM_MODEL_SEED` replays one.
  @Test(arguments: [false, true])
  func losesNothing(crashes: Bool) throws {
    let given = Self.number("SPLASHDAM_MODEL_SEED")
    let first = given ?? UInt64.random(in: 0...UInt64.max / 2)
    var total = (lines: 0, duplicates: 0, crashes: 0, rotations: 0, early: 0)
    // Those that failed once come first.
    let seeds = given.map { [$0] } ?? Self.failedOnce + (0..<60).map { first + $0 }
    for seed in seeds {
      do {
        var model = try TailModel(seed: seed, crashes: crashes)
        try model.run(steps: 400)
        let counts = model.counts
        total.lines += counts.lines
        total.duplicates += counts.duplicates
        total.crashes += counts.crashes
        total.rotations += counts.rotations
        total.early += counts.early
      } catch {
        Issue.record("tail model with crashes=\(crashes): seed \(seed): \(error)")
        return
      }
    }
    print("tail model: seeds from \(first), crashes=\(crashes): \(total)")
    #expect(total.lines > 0 && total.rotations > 0 && total.early > 0)
    #expect(crashes ? total.duplicates > 0 : total.duplicates == 0)
  }
}
