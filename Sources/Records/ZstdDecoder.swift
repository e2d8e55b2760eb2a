import CZstd

/// Zstandard (RFC 8878), several frames one after another included.
final class ZstdDecoder: StreamDecoder {
  /// A context that a frame with a large window has made larger than this is given up after its stream.
  private static let retainedSize = 16 << 20

  private var context: OpaquePointer?

  deinit {
    ZSTD_freeDCtx(context)
  }

  func restart() throws(CompressionError) {
    if ZSTD_sizeof_DCtx(context) > Self.retainedSize {
      ZSTD_freeDCtx(context)
      context = nil
    }
    if context == nil { context = ZSTD_createDCtx() }
    guard context != nil else { throw CompressionError(.zstd, .failed("not enough memory")) }
    ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
  }

  func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> DecodingProgress {
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let hint = ZSTD_decompressStream(context, &target, &source)
    guard ZSTD_isError(hint) == 0 else {
      throw CompressionError(.zstd, .corrupt(String(cString: ZSTD_getErrorName(hint))))
    }
    return DecodingProgress(consumed: source.pos, produced: target.pos, isComplete: hint == 0)
  }
}
