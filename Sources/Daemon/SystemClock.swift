import Base
import Glibc

/// What this machine's clocks show now: the monotonic one and the wall's.
public func systemClock() -> Moment {
  var monotonic = timespec()
  var wall = timespec()
  clock_gettime(CLOCK_MONOTONIC, &monotonic)
  clock_gettime(CLOCK_REALTIME, &wall)
  return Moment(
    monotonic: Int64(monotonic.tv_sec) &* 1_000_000_000 &+ Int64(monotonic.tv_nsec),
    wall: Int64(wall.tv_sec) &* 1000 &+ Int64(wall.tv_nsec) / 1_000_000)
}

/// This machine's name as `hostname` prints it; `localhost` where it has none.
public func hostName() -> String {
  var name = [UInt8](repeating: 0, count: 256)
  let result = name.withUnsafeMutableBytes { buffer in
    gethostname(buffer.baseAddress!.assumingMemoryBound(to: CChar.self), buffer.count - 1)
  }
  let text = String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
  return result == 0 && !text.isEmpty ? text : "localhost"
}
