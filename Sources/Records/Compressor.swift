import CLZ4
import CSnappy
import CZlib
import CZstd

/// Compresses with any codec. Contexts and memory are made at the first use and used again; so keep one per thread, and
/// use it from one thread at a time.
///
/// What it writes Kafka's Java clients read: lz4 frames of independent blocks without checksums, snappy in xerial's
/// framing, gzip, zstd.
public final class Compressor {
  /// Bytes that xerial's snappy-java compresses at a time by default.
  static let snappyBlockSize = 32 << 10

  private let level: Int32?
  private let scratch = ScratchBuffer()
  private var zstd: OpaquePointer?
  private var gzip: UnsafeMutablePointer<z_stream>?

  /// - Parameter level: for gzip (1–9), lz4 (1–12) and zstd (1–22); nil takes the library's default. The libraries
  ///   clamp what is out of range, gzip's is clamped here.
  public init(level: Int32? = nil) {
    self.level = level
  }

  deinit {
    ZSTD_freeCCtx(zstd)
    if let gzip {
      deflateEnd(gzip)
      gzip.deallocate()
    }
  }

  /// The compressed bytes, valid until the next call; for `.none` these are `bytes` themselves.
  public func compress(
    _ bytes: UnsafeRawBufferPointer, with codec: Compression
  ) throws(CompressionError) -> UnsafeRawBufferPointer {
    let count: Int
    switch codec {
    case .none: return bytes
    case .gzip: count = try compressGzip(bytes)
    case .snappy: count = try compressSnappy(bytes)
    case .lz4: count = try compressLZ4(bytes)
    case .zstd: count = try compressZstd(bytes)
    }
    return UnsafeRawBufferPointer(rebasing: scratch.bytes[..<count])
  }

  private func compressLZ4(_ bytes: UnsafeRawBufferPointer) throws(CompressionError) -> Int {
    var preferences = LZ4F_preferences_t()
    // Kafka's Java reader refuses linked blocks.
    preferences.frameInfo.blockMode = LZ4F_blockIndependent
    preferences.frameInfo.blockSizeID = LZ4F_max64KB
    preferences.compressionLevel = level ?? 0
    scratch.reserve(LZ4F_compressFrameBound(bytes.count, &preferences))
    let result = LZ4F_compressFrame(
      scratch.bytes.baseAddress, scratch.bytes.count, bytes.baseAddress, bytes.count, &preferences)
    guard LZ4F_isError(result) == 0 else {
      throw CompressionError(.lz4, .failed(String(cString: LZ4F_getErrorName(result))))
    }
    return result
  }

  private func compressZstd(_ bytes: UnsafeRawBufferPointer) throws(CompressionError) -> Int {
    if zstd == nil {
      zstd = ZSTD_createCCtx()
      ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, level ?? ZSTD_CLEVEL_DEFAULT)
    }
    guard zstd != nil else { throw CompressionError(.zstd, .failed("not enough memory")) }
    scratch.reserve(ZSTD_compressBound(bytes.count))
    let result = ZSTD_compress2(
      zstd, scratch.bytes.baseAddress, scratch.bytes.count, bytes.baseAddress, bytes.count)
    guard ZSTD_isError(result) == 0 else {
      throw CompressionError(.zstd, .failed(String(cString: ZSTD_getErrorName(result))))
    }
    return result
  }

  private func gzipStream() throws(CompressionError) -> UnsafeMutablePointer<z_stream> {
    if let gzip {
      deflateReset(gzip)
      return gzip
    }
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let level = min(max(self.level ?? Z_DEFAULT_COMPRESSION, Z_DEFAULT_COMPRESSION), Z_BEST_COMPRESSION)
    // 16 more than the window's 15 bits asks for gzip's header and trailer, 8 is the default for memory (zlib.h).
    let status = deflateInit2_(
      stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      stream.deallocate()
      throw CompressionError(.gzip, .failed("zlib status \(status)"))
    }
    gzip = stream
    return stream
  }

  private func compressGzip(_ bytes: UnsafeRawBufferPointer) throws(CompressionError) -> Int {
    let stream = try gzipStream()
    guard let inputSize = UInt32(exactly: bytes.count) else {
      throw CompressionError(.gzip, .failed("\(bytes.count) bytes are too many"))
    }
    scratch.reserve(Int(deflateBound(stream, UInt(bytes.count))))
    stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
    stream.pointee.avail_in = inputSize
    stream.pointee.next_out = scratch.bytes.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_out = UInt32(clamping: scratch.bytes.count)
    let room = stream.pointee.avail_out
    let status = deflate(stream, Z_FINISH)
    guard status == Z_STREAM_END else { throw CompressionError(.gzip, .failed("zlib status \(status)")) }
    return Int(room - stream.pointee.avail_out)
  }

  private func compressSnappy(_ bytes: UnsafeRawBufferPointer) throws(CompressionError) -> Int {
    let blocks = (bytes.count + Self.snappyBlockSize - 1) / Self.snappyBlockSize
    scratch.reserve(XerialFraming.headerSize + blocks * (4 + snappy_max_compressed_length(Self.snappyBlockSize)))
    let output = scratch.bytes
    XerialFraming.writeHeader(to: output)
    var written = XerialFraming.headerSize
    var position = 0
    while position < bytes.count {
      let size = min(Self.snappyBlockSize, bytes.count - position)
      let block = UnsafeRawBufferPointer(rebasing: bytes[position..<position + size])
      var compressed = output.count - written - 4
      let status = snappy_compress(
        block.bindMemory(to: CChar.self).baseAddress, size,
        output.baseAddress.map { ($0 + written + 4).assumingMemoryBound(to: CChar.self) }, &compressed)
      guard status == SNAPPY_OK else { throw CompressionError(.snappy, .failed("snappy status \(status.rawValue)")) }
      output.storeBytes(of: UInt32(truncatingIfNeeded: compressed).bigEndian, toByteOffset: written, as: UInt32.self)
      written += 4 + compressed
      position += size
    }
    return written
  }
}
