import Base

/// What an operator may want to know about a file source. Offsets and counts are bytes.
public enum FileSourceEvent: Sendable, Hashable {
  /// A file is followed from now on, from this offset.
  case found(path: String, offset: Int64)
  /// The file that had this path got another name or none; the rest of it is read first.
  case rotated(path: String)
  /// The file became shorter or was written anew; `unread` bytes of it were gone before they were read.
  case truncated(path: String, unread: Int64)
  /// What a truncated file had held was found in a copy beside it, and is read from there.
  case copied(path: String, copy: String)
  /// A file known from an earlier run is gone; what it held behind `offset` was never read.
  case vanished(path: String, offset: Int64)
  /// Its inode belongs to another file now; that one is read from its beginning.
  case replaced(path: String)
  /// It cannot be opened or read; said once, until that changes.
  case unreadable(FileError)
  /// It can be read again.
  case readable(path: String)
  /// A line was longer than a record may be and is sent in parts. Said once for each line.
  case longLine(path: String, offset: Int64)
  /// The broker will never take `count` records of those between two offsets, and why.
  case refused(path: String, from: Int64, to: Int64, count: Int, reason: String)
  /// Records could not be delivered and are sent again from this offset.
  case repeated(path: String, offset: Int64, reason: String)
  /// `count` records could not be delivered, and their file holds them no longer.
  case lost(path: String, count: Int, reason: String)
  /// More files match than are looked at.
  case tooManyFiles(limit: Int)
}
