import CZlib

/// gzip (RFC 1952), several members one after another included.
final class GzipDecoder: StreamDecoder {
  private var stream: UnsafeMutablePointer<z_stream>?
  private var isComplete = false

  deinit {
    if let stream {
      inflateEnd(stream)
      stream.deallocate()
    }
  }

  func restart() throws(CompressionError) {
    isComplete = false
    if let stream {
      inflateReset(stream)
      return
    }
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 16 more than the window's 15 bits asks for gzip's header and trailer (zlib.h).
    let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      stream.deallocate()
      throw CompressionError(.gzip, .failed("zlib status \(status)"))
    }
    self.stream = stream
  }

  func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> DecodingProgress {
    guard let stream else { throw CompressionError(.gzip, .failed("not started")) }
    if isComplete {
      inflateReset(stream)
      isComplete = false
    }
    let inputSize = UInt32(clamping: input.count)
    let outputSize = UInt32(clamping: output.count)
    stream.pointee.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
    stream.pointee.avail_in = inputSize
    stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_out = outputSize
    let status = inflate(stream, Z_NO_FLUSH)
    isComplete = status == Z_STREAM_END
    // Z_BUF_ERROR only says that there was nothing to do; the caller sees that there was no progress.
    guard status == Z_OK || isComplete || status == Z_BUF_ERROR else {
      let problem = stream.pointee.msg.map { String(cString: $0) }
      throw CompressionError(.gzip, .corrupt(problem ?? "zlib status \(status)"))
    }
    return DecodingProgress(
      consumed: Int(inputSize - stream.pointee.avail_in), produced: Int(outputSize - stream.pointee.avail_out),
      isComplete: isComplete)
  }
}
