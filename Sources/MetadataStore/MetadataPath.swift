/// What a path may be: `/`, or parts after one slash each. A part is UTF-8 without control characters, and neither
/// empty nor `.` nor `..`. At most 1,000 bytes.
public enum MetadataPath {
  public static let byteLimit = 1000

  /// The parts of a valid path, none for the root.
  public static func parts(of path: String) throws(MetadataStoreError) -> [Substring] {
    guard path.utf8.first == UInt8(ascii: "/") else {
      throw .invalidPath(path, reason: "it does not begin with a slash")
    }
    guard path.utf8.count <= byteLimit else {
      throw .invalidPath(String(path.prefix(80)) + "…", reason: "it has more than \(byteLimit) bytes")
    }
    guard path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw .invalidPath(path, reason: "it has control characters")
    }
    if path.utf8.count == 1 { return [] }
    let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    for part in parts where part.isEmpty || part == "." || part == ".." {
      throw .invalidPath(path, reason: "a part of it is \(part.isEmpty ? "empty" : "\"\(part)\"")")
    }
    return parts
  }

  static func checkNode(_ path: String) throws(MetadataStoreError) {
    if try parts(of: path).isEmpty { throw .invalidPath(path, reason: "the root always is and holds nothing") }
  }
}
