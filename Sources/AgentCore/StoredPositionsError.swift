/// Why stored positions cannot be used.
public enum StoredPositionsError: Error, Sendable, Hashable, CustomStringConvertible {
  case unknownFormat(String)
  case badLine(Int)
  case cutShort
  case wrongChecksum(found: String, expected: String)

  public var description: String {
    switch self {
    case .unknownFormat(let line):
      "it begins with \"\(line.prefix(60))\" instead of \"\(StoredPositions.header)\"; another version may have made it"
    case .badLine(let number): "line \(number) makes no sense"
    case .cutShort: "its end is missing"
    case .wrongChecksum(let found, let expected):
      "its checksum is \(found) instead of \"\(expected.prefix(16))\"; it was changed or damaged"
    }
  }
}
