import Base
import Glibc

/// The inputs of one directory below Tests/Fuzz/Corpus: seeds for mutation, and bytes that real clients made.
public struct FuzzCorpus: Sendable {
  /// Why the corpus cannot be used.
  public struct Unreadable: Error, CustomStringConvertible {
    public var description: String
  }

  private let directory: String

  public init(_ name: String) {
    let root = #filePath.parentDirectory.parentDirectory.parentDirectory
    directory = "\(root)/Tests/Fuzz/Corpus/\(name)"
  }

  /// The names of its files, in order.
  public func names() throws(Unreadable) -> [String] {
    guard let handle = opendir(directory) else { throw Unreadable(description: "cannot list \(directory)") }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  public func bytes(_ name: String) throws(Unreadable) -> [UInt8] {
    guard let file = fopen("\(directory)/\(name)", "r") else {
      throw Unreadable(description: "cannot read \(directory)/\(name)")
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
    return bytes
  }

  /// Every file's content.
  public func all() throws(Unreadable) -> [[UInt8]] {
    var contents: [[UInt8]] = []
    for name in try names() { contents.append(try bytes(name)) }
    return contents
  }
}
