import Glibc
import Testing

/// A directory that is removed at the end, with a file for an agent's log.
final class TemporaryDirectory: Sendable {
  let path: String
  let log: Int32

  init() throws {
    var template = Array("/tmp/splashdam-agent-XXXXXX\0".utf8.map { CChar(bitPattern: $0) })
    path = String(cString: try #require(mkdtemp(&template)))
    mkdir("\(path)/log", 0o755)
    log = open("\(path)/agent.stderr", O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    try #require(log >= 0)
  }

  deinit {
    close(log)
    if let stream = popen("rm -rf '\(path)'", "r") { pclose(stream) }
  }

  func append(_ name: String, _ text: String) throws {
    let file = try #require(fopen("\(path)/\(name)", "a"))
    defer { fclose(file) }
    try #require(fputs(text, file) >= 0)
  }

  func content(_ name: String) throws -> String {
    let file = try #require(fopen("\(path)/\(name)", "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  /// Empty when there is no such file.
  func contentIfPresent(_ name: String) -> String {
    guard access("\(path)/\(name)", F_OK) == 0, let content = try? content(name) else { return "" }
    return content
  }

  func makeDirectory(_ name: String) throws {
    try #require(mkdir("\(path)/\(name)", 0o755) == 0)
  }

  func move(_ name: String, _ newName: String) throws {
    try #require(rename("\(path)/\(name)", "\(path)/\(newName)") == 0)
  }
}
