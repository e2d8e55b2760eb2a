import Glibc

/// How many random histories a model test runs, and from which seed.
enum ModelSeeds {
  static let count = value("SPLASHDAM_MODEL_SEEDS").flatMap(Int.init) ?? 25
  static let first = value("SPLASHDAM_MODEL_SEED").flatMap(UInt64.init) ?? UInt64.random(in: 0...UInt64.max)

  private static func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
