/// Why bytes could not be compressed or decompressed.
public struct CompressionError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Reason: Sendable, Hashable {
    /// The compressed bytes end too early.
    case truncated
    /// The compressed bytes are not what the codec writes; the library's own words.
    case corrupt(String)
    /// Decompressed, there are more bytes than this limit.
    case tooLarge(limit: Int)
    /// The library refused to work, for want of memory as a rule; its own words.
    case failed(String)
  }

  public var codec: Compression
  public var reason: Reason

  @inlinable
  public init(_ codec: Compression, _ reason: Reason) {
    self.codec = codec
    self.reason = reason
  }

  public var description: String {
    switch reason {
    case .truncated: "the \(codec) data ends too early"
    case .corrupt(let problem): "the \(codec) data is corrupt: \(problem)"
    case .tooLarge(let limit): "the \(codec) data has more than \(limit) bytes when decompressed"
    case .failed(let problem): "\(codec) failed: \(problem)"
    }
  }
}
