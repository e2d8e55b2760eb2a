import Base
import Glibc
import Testing

/// Batches that real clients made, and seeds for mutation.
enum Corpus {
  static let directory = #filePath.parentDirectory.parentDirectory + "/Fuzz/Corpus/record-batches"

  static func names() throws -> [String] {
    let handle = try #require(opendir(directory))
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name.hasSuffix(".batch") { names.append(name) }
    }
    return names.sorted()
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    let file = try #require(fopen("\(directory)/\(name)", "r"), "no \(name) in \(directory)")
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
  }
}
