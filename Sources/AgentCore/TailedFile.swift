import Base

/// One file that is followed, under the path it was found by.
struct TailedFile<File: Sendable>: Sendable {
  /// Unique within its source, for as long as the process runs.
  let id: UInt32
  /// Names the stream, whatever becomes of the file's name.
  let path: String
  let route: RecordRoute
  var key: FileKey
  var fingerprint: FileFingerprint
  /// Under which name it was seen last; nil when it has none that the globs match.
  var currentPath: String?
  /// nil while it is closed.
  var file: File?
  /// Where the next record begins.
  var position: FilePosition
  /// Bytes behind `position.offset` known to hold no line end.
  var searched: Int64 = 0
  /// As of the last look.
  var size: Int64
  var modified: Int64
  /// Monotonic time at which it was last seen to have grown.
  var grownAt: Int64
  /// Monotonic time at which it lost its name; nil while it has one.
  var detachedAt: Int64?
  /// Waits until this one is read to its end.
  var successor: UInt32?
  /// Is read to its end first.
  var predecessor: UInt32?
  var isQueued = false
  /// Reading it failed; it is tried again at the next scan.
  var hasFailed = false
  /// Its content is gone; it is kept only until its records are acknowledged.
  var isOver = false
  var delivery: DeliveryTracker<FilePosition>

  /// Whether all there was at the last look has been sent.
  var isDrained: Bool { isOver || position.sentEnd >= size }
}
