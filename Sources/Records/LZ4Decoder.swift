import CLZ4

/// The lz4 frame format.
final class LZ4Decoder: StreamDecoder {
  private var context: OpaquePointer?
  private var isComplete = false

  deinit {
    LZ4F_freeDecompressionContext(context)
  }

  func restart() throws(CompressionError) {
    // Resetting a context leaves the content size of a frame that was given up (lz4 1.9.4), and the next frame then
    // fails: one bad batch would spoil all that follow.
    if !isComplete {
      LZ4F_freeDecompressionContext(context)
      context = nil
      try check(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION)))
    }
    isComplete = false
  }

  func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> DecodingProgress {
    // Kafka's readers stop behind the first frame; what follows it nobody would see.
    guard !isComplete else { throw CompressionError(.lz4, .corrupt("bytes follow the end of the frame")) }
    var consumed = input.count
    var produced = output.count
    let hint = LZ4F_decompress(context, output.baseAddress, &produced, input.baseAddress, &consumed, nil)
    try check(hint)
    isComplete = hint == 0
    return DecodingProgress(consumed: consumed, produced: produced, isComplete: isComplete)
  }

  private func check(_ result: Int) throws(CompressionError) {
    if LZ4F_isError(result) != 0 {
      throw CompressionError(.lz4, .corrupt(String(cString: LZ4F_getErrorName(result))))
    }
  }
}
