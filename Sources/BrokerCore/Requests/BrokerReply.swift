import Base
import KafkaProtocol
import LogStore

/// An answer for the wire. The pieces of `frame` that are `.external` are the slices with their index.
public struct BrokerReply<Files: FileSystem>: Sendable {
  public var frame: EncodedFrame
  public var slices: [LogSlice<Files>]

  @inlinable
  public init(_ frame: EncodedFrame, slices: [LogSlice<Files>] = []) {
    self.frame = frame
    self.slices = slices
  }
}
