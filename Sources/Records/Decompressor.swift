/// Decompresses any codec, within a limit. Contexts and memory are made at the first use and used again; so keep one per
/// thread, and use it from one thread at a time.
public final class Decompressor {
  /// Bytes that one stream may have when decompressed, if nothing else was said: 64 MiB.
  public static let defaultLimit = 64 << 20

  /// Bytes that one stream may have when decompressed.
  public let limit: Int

  private let scratch = ScratchBuffer()
  private lazy var gzip = GzipDecoder()
  private lazy var snappy = SnappyDecoder(limit: limit)
  private lazy var lz4 = LZ4Decoder()
  private lazy var zstd = ZstdDecoder()

  private var codec = Compression.none
  private var decoder: (any StreamDecoder)?
  private var input = UnsafeRawBufferPointer(start: nil, count: 0)
  private var isComplete = false
  private var produced = 0

  public init(limit: Int = Decompressor.defaultLimit) {
    self.limit = limit
  }

  /// All of the stream decompressed, valid until the next call; for `.none` these are `bytes` themselves.
  public func decompress(
    _ bytes: UnsafeRawBufferPointer, with codec: Compression
  ) throws(CompressionError) -> UnsafeRawBufferPointer {
    try start(bytes, with: codec)
    if codec == .none { return bytes }
    var count = 0
    scratch.reserve(min(limit, bytes.count * 4) + 1)
    while true {
      if count == scratch.bytes.count { scratch.reserve(count + 1, keeping: count) }
      let read = try read(into: UnsafeMutableRawBufferPointer(rebasing: scratch.bytes[count...]))
      if read == 0 { return UnsafeRawBufferPointer(rebasing: scratch.bytes[..<count]) }
      count += read
    }
  }

  /// Begins to decompress `bytes`, which stay where they are until the last `read`.
  func start(_ bytes: UnsafeRawBufferPointer, with codec: Compression) throws(CompressionError) {
    self.codec = codec
    input = bytes
    produced = 0
    isComplete = false
    decoder =
      switch codec {
      case .none: nil
      case .gzip: gzip
      case .snappy: snappy
      case .lz4: lz4
      case .zstd: zstd
      }
    if codec == .none, bytes.count > limit { throw CompressionError(codec, .tooLarge(limit: limit)) }
    try decoder?.restart()
  }

  /// The next bytes of the stream, at least one; 0 at its end. `output` is not empty.
  func read(into output: UnsafeMutableRawBufferPointer) throws(CompressionError) -> Int {
    guard let decoder else {
      let count = min(output.count, input.count)
      output.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[..<count]))
      input = UnsafeRawBufferPointer(rebasing: input[count...])
      return count
    }
    while true {
      if isComplete, input.isEmpty { return 0 }
      let progress = try decoder.decode(input, into: output)
      input = UnsafeRawBufferPointer(rebasing: input[progress.consumed...])
      isComplete = progress.isComplete
      produced += progress.produced
      guard produced <= limit else { throw CompressionError(codec, .tooLarge(limit: limit)) }
      if progress.produced > 0 { return progress.produced }
      if !isComplete, progress.consumed == 0 {
        throw CompressionError(
          codec, input.isEmpty ? .truncated : .corrupt("its bytes lead nowhere"))
      }
    }
  }
}
