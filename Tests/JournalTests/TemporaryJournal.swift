import Glibc
import Testing

/// A directory of journal files that systemd-journal-remote made of entries, removed at the end.
final class TemporaryJournal {
  static let remote = "/lib/systemd/systemd-journal-remote"
  static var canBeMade: Bool { access(remote, X_OK) == 0 && access("/usr/bin/journalctl", X_OK) == 0 }

  let directory: String
  private var entryCount = 0

  init() throws {
    var template = Array("/tmp/splashdam-journal-XXXXXX\0".utf8.map { CChar(bitPattern: $0) })
    let made = try #require(mkdtemp(&template))
    directory = String(cString: made)
  }

  deinit { _ = try? Self.run("rm -rf '\(directory)'") }

  /// What a shell command prints; an error when it fails.
  @discardableResult
  static func run(_ command: String) throws -> [UInt8] {
    let stream = try #require(popen(command, "r"))
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, stream)
      if count == 0 { break }
      output += chunk[..<count]
    }
    let status = pclose(stream)
    try #require(status == 0, "\(command) ended with \(status)")
    return output
  }

  /// Adds a file with these entries, each a list of names and values, one second after the other.
  func add(_ name: String, _ entries: [[(String, [UInt8])]]) throws {
    var export: [UInt8] = []
    for fields in entries {
      entryCount += 1
      export += Array("__REALTIME_TIMESTAMP=\(1_700_000_000_000_000 + entryCount * 1_000_000)\n".utf8)
      export += Array("__MONOTONIC_TIMESTAMP=\(entryCount * 1_000_000)\n".utf8)
      export += Array("_BOOT_ID=5a8e2f4bd1c94f7e8f3f0c2a1b9d7e60\n".utf8)
      for (name, value) in fields {
        if value.contains(where: { $0 < 0x20 || $0 >= 0x7F }) {
          export += Array("\(name)\n".utf8)
          for shift in stride(from: 0, to: 64, by: 8) { export.append(UInt8(value.count >> shift & 255)) }
          export += value + [0x0A]
        } else {
          export += Array("\(name)=".utf8) + value + [0x0A]
        }
      }
      export.append(0x0A)
    }
    let path = "\(directory)/\(name).export"
    let file = try #require(fopen(path, "w"))
    let written = fwrite(export, 1, export.count, file)
    fclose(file)
    try #require(written == export.count)
    try Self.run("\(Self.remote) -o '\(directory)/\(name).journal' '\(path)' 2>/dev/null; rm '\(path)'")
    try #require(access("\(directory)/\(name).journal", R_OK) == 0)
  }

  /// The lines that journalctl prints of it.
  func journalctl(_ options: String = "") throws -> [[UInt8]] {
    let output = try Self.run("journalctl --directory '\(directory)' -q -o json --all \(options)")
    return output.split(separator: 0x0A).map(Array.init)
  }
}

extension [(String, [UInt8])] {
  static func entry(_ fields: KeyValuePairs<String, String>) -> Self {
    fields.map { ($0.key, Array<UInt8>($0.value.utf8)) }
  }
}
