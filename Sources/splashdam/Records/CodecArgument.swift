import ArgumentParser
import Records

/// Kafka's `compression.type`.
enum CodecArgument: String, ExpressibleByArgument, CaseIterable {
  case none
  case gzip
  case snappy
  case lz4
  case zstd

  var compression: Compression {
    switch self {
    case .none: .none
    case .gzip: .gzip
    case .snappy: .snappy
    case .lz4: .lz4
    case .zstd: .zstd
    }
  }
}
