import Base

/// What one transaction did to persistent nodes, as the journal holds it:
///
///     length u32 · CRC-32C of the payload u32 · payload: transaction u64 · effects u32 · effect…
///     effect: 1 · path · version i64 · value    or    2 · path          (texts and values: length u32 · bytes)
///
/// All numbers are little-endian. A snapshot is one such record that puts every node.
package struct MetadataRecord: Equatable {
  package enum Effect: Equatable {
    case put(String, version: Int64, value: [UInt8])
    case remove(String)
  }

  /// Bytes before the payload.
  static let headSize = 8
  /// Bytes of the smallest payload.
  private static let smallestPayload = 12

  /// Counted from 1, without gaps.
  package var transaction: UInt64
  package var effects: [Effect]

  package func encoded() -> [UInt8] {
    var payload: [UInt8] = []
    payload.append(littleEndian: transaction)
    payload.append(littleEndian: UInt32(effects.count))
    for effect in effects {
      switch effect {
      case .put(let path, let version, let value):
        payload.append(1)
        payload.append(counted: path.utf8)
        payload.append(littleEndian: version)
        payload.append(counted: value)
      case .remove(let path):
        payload.append(2)
        payload.append(counted: path.utf8)
      }
    }
    var record: [UInt8] = []
    record.reserveCapacity(Self.headSize + payload.count)
    record.append(littleEndian: UInt32(payload.count))
    record.append(littleEndian: payload.withUnsafeBytes { CRC32C.checksum($0) })
    return record + payload
  }

  /// The payload's bytes of the record at `offset`, nil when there is no whole one with a right checksum.
  package static func payload(in bytes: [UInt8], at offset: Int) -> Range<Int>? {
    var reader = MetadataReader(bytes, from: offset)
    guard let length: UInt32 = reader.number(), let checksum: UInt32 = reader.number() else { return nil }
    let payload = reader.offset..<(reader.offset + Int(length))
    guard length >= smallestPayload, payload.upperBound <= bytes.count else { return nil }
    let found = bytes[payload].withUnsafeBytes { CRC32C.checksum($0) }
    return found == checksum ? payload : nil
  }

  /// The transaction a record at `offset` would be of, unchecked.
  static func transaction(in bytes: [UInt8], at offset: Int) -> UInt64? {
    var reader = MetadataReader(bytes, from: offset + headSize)
    return reader.number()
  }

  /// nil when the payload, whatever its checksum, is not well formed.
  package init?(payload: ArraySlice<UInt8>) {
    var reader = MetadataReader(Array(payload), from: 0)
    guard let transaction: UInt64 = reader.number(), let count: UInt32 = reader.number() else { return nil }
    self.transaction = transaction
    effects = []
    for _ in 0..<count {
      guard let kind: UInt8 = reader.number(), let path = reader.text() else { return nil }
      switch kind {
      case 1:
        guard let version: Int64 = reader.number(), let value = reader.counted() else { return nil }
        effects.append(.put(path, version: version, value: Array(value)))
      case 2: effects.append(.remove(path))
      default: return nil
      }
    }
    guard reader.isAtEnd else { return nil }
  }

  package init(transaction: UInt64, effects: [Effect]) {
    self.transaction = transaction
    self.effects = effects
  }
}

extension [UInt8] {
  fileprivate mutating func append(littleEndian number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  fileprivate mutating func append(counted bytes: some Collection<UInt8>) {
    append(littleEndian: UInt32(bytes.count))
    append(contentsOf: bytes)
  }
}
