/// The attribute bits of a record batch (KIP-98): compression in bits 0–2, timestamp type 3, transactional 4,
/// control 5, delete horizon 6 (KIP-534).
public struct RecordBatchAttributes: RawRepresentable, Sendable, Hashable {
  @usableFromInline static let compressionMask: UInt16 = 7
  @usableFromInline static let logAppendTimeBit: UInt16 = 8
  @usableFromInline static let transactionalBit: UInt16 = 16
  @usableFromInline static let controlBit: UInt16 = 32
  @usableFromInline static let deleteHorizonBit: UInt16 = 64

  public var rawValue: UInt16

  @inlinable
  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  @inlinable
  public init(compression: Compression, isTransactional: Bool = false, isControl: Bool = false) {
    rawValue =
      UInt16(compression.rawValue) | (isTransactional ? Self.transactionalBit : 0) | (isControl ? Self.controlBit : 0)
  }

  /// nil for the three codec numbers that nobody has defined.
  @inlinable public var compression: Compression? { Compression(rawValue: UInt8(rawValue & Self.compressionMask)) }
  @inlinable public var hasLogAppendTime: Bool { rawValue & Self.logAppendTimeBit != 0 }
  @inlinable public var isTransactional: Bool { rawValue & Self.transactionalBit != 0 }
  @inlinable public var isControl: Bool { rawValue & Self.controlBit != 0 }
  @inlinable public var hasDeleteHorizon: Bool { rawValue & Self.deleteHorizonBit != 0 }
}
