import Base
import Records

extension PathTemplate {
  /// Sets `identity` to bytes that are the same for all records of one file: the raw values of its placeholders.
  /// Cheaper than the path, and asked for with each record.
  package func identify(_ record: RecordView, of partition: TopicPartition, in identity: inout [UInt8]) {
    identity.removeAll(keepingCapacity: true)
    for case .field(let field) in parts {
      switch field {
      case .topic: append(size: partition.topic.utf8.count, partition.topic.utf8, to: &identity)
      case .partition: withUnsafeBytes(of: partition.partition) { identity.append(contentsOf: $0) }
      case .date: withUnsafeBytes(of: Self.day(of: record)) { identity.append(contentsOf: $0) }
      case .key: append(record.key, to: &identity)
      case .basename: append(Self.origin(of: record), to: &identity)
      case .header(let name): append(record.headers.last(name), to: &identity)
      }
    }
  }

  /// The path of the record's file.
  package func path(of record: RecordView, of partition: TopicPartition) -> String {
    let path = parts.reduce(into: "") { path, part in
      switch part {
      case .literal(let literal): path += literal
      case .field(let field): path += Self.sanitized(value(field, record, partition))
      }
    }
    let components = path.split(separator: "/").map { Self.prefix($0, Self.componentSizeLimit) }
    return "/" + components.joined(separator: "/")
  }

  private static let pathHeader = Array("path".utf8)
  private static let sourceHeader = Array("source".utf8)

  /// What `{basename}` is taken of: entries of the journal have no path.
  private static func origin(of record: RecordView) -> UnsafeRawBufferPointer? {
    record.headers.last(pathHeader) ?? record.headers.last(sourceHeader)
  }

  /// Days since 1970-01-01 UTC; the smallest number when the record has no time.
  private static func day(of record: RecordView) -> Int64 {
    guard record.timestamp >= 0 else { return .min }
    return record.timestamp / 86_400_000
  }

  private func append(_ value: UnsafeRawBufferPointer?, to identity: inout [UInt8]) {
    let value = value ?? UnsafeRawBufferPointer(start: nil, count: 0)
    append(size: value.count, value, to: &identity)
  }

  /// The size comes first: behind the value, a record could hold what looks like it and come into another's file.
  private func append(size: Int, _ value: some Sequence<UInt8>, to identity: inout [UInt8]) {
    withUnsafeBytes(of: UInt32(truncatingIfNeeded: size)) { identity.append(contentsOf: $0) }
    identity.append(contentsOf: value)
  }

  private func value(_ field: Field, _ record: RecordView, _ partition: TopicPartition) -> String {
    switch field {
    case .topic: return partition.topic
    case .partition: return partition.partition.description
    case .date: return record.timestamp >= 0 ? UTCTime(record.timestamp).date : ""
    case .key: return Self.text(record.key)
    case .basename: return Self.text(Self.origin(of: record)).lastPathComponent
    case .header(let name): return Self.text(record.headers.last(name))
    }
  }

  private static func text(_ bytes: UnsafeRawBufferPointer?) -> String {
    // What is beyond the limit is cut anyway, but for a path, whose end matters.
    guard let bytes else { return "" }
    return String(decoding: bytes.suffix(4096), as: UTF8.self)
  }

  package static func sanitized(_ value: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in value.unicodeScalars {
      let isHarmless = scalar != "/" && scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value)
      result.append(isHarmless && !(result.isEmpty && scalar == ".") ? scalar : "_")
      if result.count > valueSizeLimit { break }
    }
    return result.isEmpty ? "_" : prefix(Substring(String(result)), valueSizeLimit)
  }

  /// As many whole characters from the beginning as fit in `limit` bytes.
  private static func prefix(_ text: Substring, _ limit: Int) -> String {
    guard text.utf8.count > limit else { return String(text) }
    var scalars = text.unicodeScalars[...]
    while scalars.isEmpty == false, Substring(scalars).utf8.count > limit { scalars.removeLast() }
    return String(scalars)
  }
}
