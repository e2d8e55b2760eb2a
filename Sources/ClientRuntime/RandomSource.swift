import Base

/// The one source of a client's jitter and choices, shared by its parts on the event loop.
final class RandomSource {
  var generator: SeededRandom

  init(seed: UInt64) {
    generator = SeededRandom(seed: seed)
  }
}
