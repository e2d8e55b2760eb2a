/// The codecs of record batches, with their numbers on the wire.
public enum Compression: UInt8, Sendable, Hashable, CaseIterable {
  case none = 0
  case gzip = 1
  case snappy = 2
  case lz4 = 3
  case zstd = 4
}
