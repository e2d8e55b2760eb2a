import Base
import KafkaProtocol
import NIOCore

/// What a message holds, by path: `topics[0].name` → `logs`. Nulls are left out.
func fieldDump(_ message: Any) -> [String: String] {
  var fields: [String: String] = [:]
  dump(message, at: "", into: &fields)
  return fields
}

private func dump(_ value: Any, at path: String, into fields: inout [String: String]) {
  switch value {
  case let text as String: fields[path] = text
  case let flag as Bool: fields[path] = flag ? "true" : "false"
  case let number as any FixedWidthInteger: fields[path] = "\(number)"
  case let code as ErrorCode: fields[path] = "\(code.rawValue)"
  case let bytes as [UInt8]: fields[path] = bytes.hex
  case let id as UUID: fields[path] = hex(id)
  case let records as RecordsPayload:
    if case .bytes(let buffer) = records { fields[path] = [UInt8](buffer: buffer).hex }
  default:
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional:
      if let some = mirror.children.first { dump(some.value, at: path, into: &fields) }
    case .collection:
      for (index, child) in mirror.children.enumerated() { dump(child.value, at: "\(path)[\(index)]", into: &fields) }
    default:
      for child in mirror.children {
        dump(child.value, at: path.isEmpty ? child.label ?? "" : "\(path).\(child.label ?? "")", into: &fields)
      }
    }
  }
}

private func hex(_ id: UUID) -> String {
  [id.high, id.low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * $0)) } }.hex
}
