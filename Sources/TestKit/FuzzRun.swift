import Base
import Glibc

/// One run of a fuzz test: for how long (`SPLASHDAM_FUZZ_SECONDS`, 2 unless told), from which seed
/// (`SPLASHDAM_FUZZ_SEED`, a new one unless told; it is printed), and how bytes are bent.
public struct FuzzRun {
  public let name: String
  public var random: SeededRandom
  /// Inputs tried so far.
  public private(set) var count = 0
  private let end: Int64

  public init(_ name: String) {
    self.name = name
    let seconds = Self.number("SPLASHDAM_FUZZ_SECONDS") ?? 2
    let seed = Self.number("SPLASHDAM_FUZZ_SEED") ?? UInt64.random(in: 0...UInt64.max)
    print("\(name) fuzz: seed \(seed), \(seconds) s")
    // A run that is killed has told its seed.
    fflush(nil)
    random = SeededRandom(seed: seed)
    end = Self.now() + Int64(clamping: seconds) * 1000
  }

  /// Whether another input is due.
  public mutating func next() -> Bool {
    count += 1
    return !count.isMultiple(of: 64) || Self.now() < end
  }

  /// A few changes to `bytes`: bits, bytes, interesting numbers, parts doubled, left out or cut off.
  public mutating func mutate(_ bytes: [UInt8], limit: Int = 1 << 20) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...6, using: &random) { mutateOnce(&bytes) }
    if bytes.count > limit { bytes.removeLast(bytes.count - limit) }
    return bytes
  }

  private mutating func mutateOnce(_ bytes: inout [UInt8]) {
    let place = Int.random(in: 0...bytes.count, using: &random)
    let length = min(bytes.count - place, Int.random(in: 0...32, using: &random))
    switch Int.random(in: 0..<8, using: &random) {
    case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1 where place < bytes.count: bytes[place] = .random(in: 0...255, using: &random)
    case 2: bytes.insert(.random(in: 0...255, using: &random), at: place)
    case 3: bytes.removeSubrange(place..<place + length)
    case 4: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
    case 5:
      let numbers: [Int64] = [0, -1, 1, 127, 128, 255, 32_767, 65_535, 0x7FFF_FFFF, 0xFFFF_FFFF, .min, .max]
      let number = numbers[Int.random(in: 0..<numbers.count, using: &random)]
      let size = [1, 2, 4, 8][Int.random(in: 0..<4, using: &random)]
      let digits = (0..<size).map { UInt8(truncatingIfNeeded: number >> Int64(8 * (size - 1 - $0))) }
      bytes.replaceSubrange(place..<min(bytes.count, place + size), with: digits)
    case 6: bytes.removeLast(min(bytes.count, length))
    default: bytes.append(.random(in: 0...255, using: &random))
    }
  }

  private static func number(_ variable: String) -> UInt64? {
    getenv(variable).flatMap { UInt64(String(cString: $0)) }
  }

  /// Milliseconds of a clock that never jumps.
  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
