import NIOCore

extension ByteBuffer {
  /// Runs a decoder over the readable bytes; they stay readable.
  @inlinable
  func decoding<Result>(
    version: Int16, isFlexible: Bool, elementLimit: Int = FieldDecoder.defaultElementLimit,
    _ body: (inout FieldDecoder) throws(ProtocolError) -> Result
  ) throws(ProtocolError) -> Result {
    let outcome = withUnsafeReadableBytes { bytes -> Swift.Result<Result, ProtocolError> in
      var decoder = FieldDecoder(
        bytes, of: self, version: version, isFlexible: isFlexible, elementLimit: elementLimit)
      do throws(ProtocolError) {
        return .success(try body(&decoder))
      } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
  }
}
