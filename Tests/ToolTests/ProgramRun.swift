import Glibc
import Testing

/// A program run by a test, its output in files.
final class ProgramRun {
  let identifier: pid_t
  private let outputPath: String
  private let errorPath: String
  private var status: Int32?

  /// - Parameters:
  ///   - directory: where its output goes.
  ///   - input: what it reads from stdin.
  init(_ path: String, _ arguments: [String], outputs directory: String, input: [UInt8] = []) throws {
    let name = "\(directory)/\(UInt32.random(in: 0 ... .max))"
    outputPath = "\(name).stdout"
    errorPath = "\(name).stderr"
    let inputPath = "\(name).stdin"
    let file = try #require(fopen(inputPath, "w"))
    try #require(fwrite(input, 1, input.count, file) == input.count)
    fclose(file)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, inputPath, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errorPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var pointers = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var identifier = pid_t()
    let result = posix_spawn(&identifier, path, &actions, nil, &pointers, environ)
    try #require(result == 0, "cannot run \(path)")
    self.identifier = identifier
  }

  deinit {
    if status == nil {
      kill(identifier, SIGKILL)
      waitpid(identifier, nil, 0)
    }
  }

  var output: String { Self.content(outputPath) }
  var errors: String { Self.content(errorPath) }

  /// Waits for the end; the exit status, or 1000 and the signal that killed it.
  func waitForEnd(seconds: Int = 60) throws -> Int32 {
    var status: Int32 = 0
    try eventually(seconds: seconds) { waitpid(identifier, &status, WNOHANG) == identifier }
    let ended = status & 0x7F == 0 ? status >> 8 & 0xFF : 1000 + status & 0x7F
    self.status = ended
    return ended
  }

  /// Waits until something is so.
  func eventually(seconds: Int = 60, _ condition: () -> Bool) throws {
    let deadline = time(nil) + seconds
    while !condition() {
      try #require(time(nil) < deadline, "it did not come about; stderr: \(errors)")
      usleep(5000)
    }
  }

  static func toTheEnd(_ path: String, _ arguments: [String]) -> Int32 {
    var pointers = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var identifier = pid_t()
    guard posix_spawn(&identifier, path, nil, nil, &pointers, environ) == 0 else { return -1 }
    var status: Int32 = 0
    waitpid(identifier, &status, 0)
    return status
  }

  /// Empty when there is no such file.
  static func content(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    return String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
  }
}
