/// What an operator may want to know about a journal source.
public enum JournalSourceEvent: Sendable, Hashable {
  /// The journal is read from behind this cursor, from its beginning where there is none.
  case opened(cursor: String?)
  /// The entry that was read last is gone, or does not match any more; it goes on at the next one there is.
  case entryGone(cursor: String)
  /// There is no journal file, or none that may be read.
  case noFiles
  /// It cannot be read, and is tried again; said once, until that changes.
  case failed(JournalError)
  /// Fields of this entry were left out because it was too large for a record.
  case cut(cursor: String)
  /// The broker will never take `count` entries of those between two cursors, and why.
  case refused(from: String?, to: String?, count: Int, reason: String)
  /// Entries could not be delivered and are sent again from behind this cursor.
  case repeated(cursor: String?, reason: String)
}
