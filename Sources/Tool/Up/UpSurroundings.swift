import Base
import Daemon
import DiskIO
import Glibc

/// What `splashdam up` finds on the machine.
public enum UpSurroundings {
  /// `$XDG_STATE_HOME/splashdam` or `~/.local/state/splashdam` (XDG Base Directory Specification).
  public static func defaultStateDirectory() throws(ToolFailure) -> String {
    if let state = variable("XDG_STATE_HOME"), state.hasPrefix("/") { return "\(state)/splashdam" }
    if let home = variable("HOME"), home.hasPrefix("/") { return "\(home)/.local/state/splashdam" }
    throw ToolFailure("neither XDG_STATE_HOME nor HOME is set: name a directory with --state", status: .usage)
  }

  /// The directory of this executable, where its sisters are too.
  public static func programDirectory() throws(ToolFailure) -> String {
    var path = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = path.withUnsafeMutableBytes { buffer in
      readlink("/proc/self/exe", buffer.baseAddress!.assumingMemoryBound(to: CChar.self), buffer.count)
    }
    guard count > 0, count < path.count else {
      throw ToolFailure("cannot tell where this program is: \(String(cString: strerror(errno)))")
    }
    return String(decoding: path[..<count], as: UTF8.self).parentDirectory
  }

  /// All of them are there to be run.
  public static func check(_ plan: UpPlan) throws(ToolFailure) {
    for program in plan.programs where access(program.path, X_OK) != 0 {
      throw ToolFailure(
        "cannot run \(program.path): \(String(cString: strerror(errno))); splashdam, splashdam-broker, "
          + "splashdam-agent and splashdam-sink belong into one directory")
    }
  }

  /// The path from the root on.
  public static func absolute(_ path: String) throws(ToolFailure) -> String {
    if path.hasPrefix("/") { return path }
    guard let current = getcwd(nil, 0) else {
      throw ToolFailure("cannot tell the current directory: \(String(cString: strerror(errno)))")
    }
    defer { free(current) }
    return String(cString: current) + "/" + path
  }

  /// Whether there is a journal here that this user may read.
  public static func journal(in directories: [String] = ["/var/log/journal", "/run/log/journal"]) -> UpJournal {
    let files = RealFileSystem()
    var found = UpJournal.absent
    func names(in directory: String) -> [String] {
      do throws(FileError) {
        return try files.list(directory)
      } catch {
        // One that is not there, or no directory, is of no interest.
        if error.isPermissionDenied { found = .unreadable }
        return []
      }
    }
    for directory in directories {
      for machine in names(in: directory) {
        for file in names(in: "\(directory)/\(machine)") where file.hasSuffix(".journal") {
          if access("\(directory)/\(machine)/\(file)", R_OK) == 0 { return .readable }
          found = .unreadable
        }
      }
    }
    return found
  }

  /// A sentence about a file that was named and cannot be read now; nil for globs and what is fine.
  public static func problem(of file: String) -> String? {
    if file.contains(where: { "*?[".contains($0) }) { return nil }
    if access(file, R_OK) == 0 {
      var status = stat()
      let isDirectory = stat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      return isDirectory ? "\(file) is a directory; name files in it, as \(file)/*.log" : nil
    }
    return errno == ENOENT
      ? "\(file) does not exist yet; it is followed once it does"
      : "\(file) cannot be read: \(String(cString: strerror(errno)))"
  }

  /// Throws when something else listens there. The broker would say so too, but later.
  public static func checkPort(_ port: Int) throws(ToolFailure) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw ToolFailure("cannot make a socket: \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    // As the broker does: connections of an earlier run that are still closing do not matter.
    var reuse: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if result == 0 { return }
    switch errno {
    case EADDRINUSE:
      throw ToolFailure(
        "port \(port) of 127.0.0.1 is in use by another program, perhaps another `splashdam up`: end that, or choose "
          + "another port with --port", status: .unavailable)
    default:
      throw ToolFailure(
        "cannot use port \(port) of 127.0.0.1: \(String(cString: strerror(errno)))", status: .noPermission)
    }
  }

  /// Keeps others from the state directory for as long as the lock lives: they would write over what the parts here read.
  public static func lock(_ plan: UpPlan) throws(ToolFailure) -> DirectoryLock {
    do throws(FileError) {
      try RealFileSystem().createDirectory(plan.stateDirectory)
      return try DirectoryLock(plan.stateDirectory)
    } catch {
      if error.isLocked {
        throw ToolFailure(
          "another `splashdam up` keeps its state in \(plan.stateDirectory): end that, or choose another directory with "
            + "--state", status: .unavailable)
      }
      throw failure(error)
    }
  }

  private static func failure(_ error: FileError) -> ToolFailure {
    ToolFailure(
      "\(error); choose another directory with --state",
      status: error.isPermissionDenied ? .noPermission : .inputOutput)
  }

  /// Makes the directories and writes the configurations.
  public static func prepare(_ plan: UpPlan) throws(ToolFailure) {
    let files = RealFileSystem()
    do throws(FileError) {
      for directory in [plan.stateDirectory, plan.brokerDirectory, plan.agentDirectory] {
        try files.createDirectory(directory)
      }
      try files.replaceWhole(plan.agentConfigurationPath, with: Array(plan.agentConfiguration.utf8))
      try files.replaceWhole(plan.sinkConfigurationPath, with: Array(plan.sinkConfiguration.utf8))
    } catch {
      throw failure(error)
    }
  }

  private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
