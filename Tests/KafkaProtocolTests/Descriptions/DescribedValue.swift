/// What a described field holds.
indirect enum DescribedValue {
  case null
  case number(Int64)
  case flag(Bool)
  case text(String)
  case bytes([UInt8])
  case list([DescribedValue])
  /// The fields that are there in the version, in the order of the description.
  case structure([(field: FieldDescription, value: DescribedValue)])

  /// What each field holds by its path, as `fieldDump` has it; nil for null.
  func dump(at path: String, into fields: inout [String: String?]) {
    switch self {
    case .null: fields.updateValue(nil, forKey: path)
    case .number(let number): fields[path] = "\(number)"
    case .flag(let flag): fields[path] = "\(flag)"
    case .text(let text): fields[path] = text
    case .bytes(let bytes): fields[path] = bytes.hex
    case .list(let values):
      for (index, value) in values.enumerated() { value.dump(at: "\(path)[\(index)]", into: &fields) }
    case .structure(let members):
      for (field, value) in members {
        value.dump(at: path.isEmpty ? field.swiftName : "\(path).\(field.swiftName)", into: &fields)
      }
    }
  }
}
