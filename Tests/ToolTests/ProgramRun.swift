import CSpawn
import Glibc
import Testing

/// A program run by a test, its output in files. It ends with the test's thread at the latest.
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
    let descriptors = [
      open(inputPath, O_RDONLY | O_CLOEXEC),
      open(outputPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600),
      open(errorPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600),
    ]
    defer { for descriptor in descriptors where descriptor >= 0 { close(descriptor) } }
    try #require(!descriptors.contains(-1))
    let pointers = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var descriptor: Int32 = -1
    // Not posix_spawn: NIO's sockets outlive exec, and a program with a listener of another test keeps its port taken.
    identifier = splashdam_spawn_child(
      path, pointers, environ, descriptors[0], descriptors[1], descriptors[2], &descriptor)
    try #require(identifier > 0, "cannot run \(path): \(String(cString: strerror(-identifier)))")
    close(descriptor)
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
