import Base

/// One value of a dump, shown to a person or as JSON.
enum DumpValue {
  case number(Int64)
  /// Milliseconds since 1970-01-01 UTC; negative: none.
  case time(Int64)
  case flag(Bool)
  case text(String)
  /// Of a producer or client; nil: null.
  case bytes([UInt8]?)
  case list([DumpValue])
  case object([(String, DumpValue)])

  func append(to writer: inout JSONWriter) {
    switch self {
    case .number(let number), .time(let number): writer.number(number)
    case .flag(let flag): writer.boolean(flag)
    case .text(let text): writer.string(text)
    case .bytes(nil): writer.null()
    case .bytes(let bytes?):
      // What is no text must not be mistaken for some.
      if let text = String(validating: bytes, as: UTF8.self) {
        writer.string(text)
      } else {
        writer.beginObject()
        writer.key("hex")
        writer.string(Self.hexadecimal(bytes))
        writer.endObject()
      }
    case .list(let values):
      writer.beginArray()
      for value in values { value.append(to: &writer) }
      writer.endArray()
    case .object(let members):
      writer.beginObject()
      for (name, value) in members {
        writer.key(name)
        value.append(to: &writer)
      }
      writer.endObject()
    }
  }

  func append(toText output: inout [UInt8]) {
    switch self {
    case .number(let number): output += Array("\(number)".utf8)
    case .time(let time): output += Array((time < 0 ? "none" : "\(UTCTime(time))").utf8)
    case .flag(let flag): output += Array("\(flag)".utf8)
    case .text(let text): Self.append(quoted: Array(text.utf8), to: &output)
    case .bytes(nil): output += Array("null".utf8)
    case .bytes(let bytes?):
      if String(validating: bytes, as: UTF8.self) != nil {
        Self.append(quoted: bytes, to: &output)
      } else {
        output += Array("0x\(Self.hexadecimal(bytes))".utf8)
      }
    case .list(let values):
      output.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        value.append(toText: &output)
      }
      output.append(UInt8(ascii: "]"))
    case .object(let members):
      output.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        output += Array("\(index > 0 ? "," : "")\(member.0)=".utf8)
        member.1.append(toText: &output)
      }
      output.append(UInt8(ascii: "}"))
    }
  }

  /// In quotes where a reader could not tell where it ends.
  private static func append(quoted bytes: [UInt8], to output: inout [UInt8]) {
    let isPlain =
      !bytes.isEmpty && bytes.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") }
    if !isPlain { output.append(UInt8(ascii: "\"")) }
    bytes.withUnsafeBytes { output.append(visible: $0) }
    if !isPlain { output.append(UInt8(ascii: "\"")) }
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
