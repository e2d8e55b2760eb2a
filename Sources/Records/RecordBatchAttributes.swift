/// The attribute bits of a record batch (KIP-98): compression in bits 0–2, timestamp type 3, transactional 4,
/// control 5, delete horizon 6 (KIP-534).
public struct RecordBatchAttributes: RawRepresentable, Sendable, Hashable {
  public var rawValue: UInt16

  @inlinable
  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// nil for the three codec numbers that nobody has defined.
  @inlinable public var compression: Compression? { Compression(rawValue: UInt8(rawValue & 7)) }
  @inlinable public var hasLogAppendTime: Bool { rawValue & 8 != 0 }
  @inlinable public var isTransactional: Bool { rawValue & 16 != 0 }
  @inlinable public var isControl: Bool { rawValue & 32 != 0 }
  @inlinable public var hasDeleteHorizon: Bool { rawValue & 64 != 0 }
}
