import Glibc

/// The files of one directory that tests read whole.
public struct TestFiles: Sendable {
  /// Why they cannot be read.
  public struct Unreadable: Error, CustomStringConvertible {
    public var description: String
  }

  public let directory: String

  public init(_ directory: String) {
    self.directory = directory
  }

  public var isPresent: Bool { access(directory, R_OK) == 0 }

  /// Their names, in order.
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
}
