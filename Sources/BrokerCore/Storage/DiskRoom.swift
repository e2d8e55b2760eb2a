import Base

/// Whether a disk has room for records, and how many bytes of them it takes until somebody looks again. A reserve stays
/// free for what must go on when the disk is full: deletes, offset commits, group changes, indexes.
struct DiskRoom: Sendable {
  /// What a look at the disk tells that was not so before.
  enum Change: Sendable, Hashable {
    case full
    case roomAgain
  }

  private(set) var isFull = false
  /// What the last look told.
  private var isToldFull = false
  private(set) var available: Int64 = .max
  private(set) var reserve: Int64 = 0

  /// Bytes of records that may be appended until the next look.
  var allowance: Int64 { isFull ? 0 : available - reserve }

  /// - Parameter configured: `log.disk.reserve.bytes`; negative for a twentieth of the disk, at least 16 MiB and at most
  ///   1 GiB, but never more than a quarter of it.
  static func reserve(_ configured: Int64, total: Int64) -> Int64 {
    configured >= 0 ? configured : min(max(total / 20, 16 << 20), 1 << 30, total / 4)
  }

  /// Looks at the disk. Once full, it has room again only when a quarter more than the reserve is free, so that it does
  /// not change with every segment that comes and goes.
  mutating func observe(_ space: DiskSpace, reserve configured: Int64) -> Change? {
    available = max(space.available, 0)
    reserve = Self.reserve(configured, total: max(space.total, 0))
    let (wanted, overflow) = reserve.addingReportingOverflow(isFull ? reserve / 4 : 0)
    isFull = overflow || available <= wanted
    defer { isToldFull = isFull }
    return isFull == isToldFull ? nil : isFull ? .full : .roomAgain
  }

  /// A write met the end of the disk, whatever the last look said.
  mutating func fill() {
    isFull = true
  }
}
