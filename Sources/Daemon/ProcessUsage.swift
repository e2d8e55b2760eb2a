import Glibc

/// What a process has used so far, from `/proc` (proc(5)).
public struct ProcessUsage: Sendable, Hashable {
  /// Bytes in memory now.
  public var residentBytes: Int
  /// The most bytes it ever had in memory.
  public var peakResidentBytes: Int
  /// Processor time in user mode, all threads.
  public var userMicroseconds: Int
  /// Processor time in the kernel, all threads.
  public var systemMicroseconds: Int

  /// nil when no such process exists or it may not be looked at.
  public static func of(process id: Int32) -> ProcessUsage? {
    guard let stat = content("/proc/\(id)/stat"), let status = content("/proc/\(id)/status") else { return nil }
    // The program's name, in brackets, may itself hold spaces and brackets; the fields after it may not.
    guard let bracket = stat.utf8.lastIndex(of: UInt8(ascii: ")")) else { return nil }
    let fields = stat[bracket...].split(separator: " ")
    guard fields.count > 22, let user = Int(fields[12]), let system = Int(fields[13]), let pages = Int(fields[22])
    else { return nil }
    let tick = 1_000_000 / max(1, sysconf(Int32(_SC_CLK_TCK)))
    let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }?
      .split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
    let resident = pages * sysconf(Int32(_SC_PAGESIZE))
    return ProcessUsage(
      residentBytes: resident, peakResidentBytes: peak.map { $0 * 1024 } ?? resident,
      userMicroseconds: user * tick, systemMicroseconds: system * tick)
  }

  /// This process.
  public static func ofSelf() -> ProcessUsage? { of(process: getpid()) }

  private static func content(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = read(file, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }
}
