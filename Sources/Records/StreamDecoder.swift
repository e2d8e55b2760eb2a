/// One codec, decompressing piece by piece. For one thread at a time.
protocol StreamDecoder: AnyObject {
  /// Forgets what went before and gets ready for another stream.
  func restart() throws(CompressionError)

  /// Decompresses what it can of `input`, which is all that is left of the stream, into `output`, which is not empty.
  /// Ends early only when one of the two is used up or the stream is over.
  func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> DecodingProgress
}

struct DecodingProgress {
  /// Bytes of the input that are done with.
  var consumed: Int
  /// Bytes written.
  var produced: Int
  /// The stream may end here, and nothing is kept back.
  var isComplete: Bool
}
