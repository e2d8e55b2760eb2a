import CSystemd
import Glibc

/// A journal as a sequence of entries. To be used by one thread at a time.
public final class JournalReader {
  private let journal: OpaquePointer
  private let directory: String?
  /// To be polled for reading; `process` when it is readable or `timeout` has passed.
  public let descriptor: Int32

  /// Opens the journal files in a directory, or those of this machine; `fieldLimit` is the most bytes of a field that
  /// are looked at, its name included.
  public init(directory: String?, fieldLimit: Int) throws(JournalError) {
    var opened: OpaquePointer?
    let status: Int32
    if let directory {
      status = sd_journal_open_directory(&opened, directory, 0)
    } else {
      status = sd_journal_open(&opened, Int32(SD_JOURNAL_LOCAL_ONLY))
    }
    let operation = directory == nil ? "sd_journal_open" : "sd_journal_open_directory"
    guard status >= 0, let opened else {
      throw JournalError(operation: operation, directory: directory, code: -status)
    }
    sd_journal_set_data_threshold(opened, fieldLimit)
    let descriptor = sd_journal_get_fd(opened)
    guard descriptor >= 0 else {
      sd_journal_close(opened)
      throw JournalError(operation: "sd_journal_get_fd", directory: directory, code: -descriptor)
    }
    journal = opened
    self.directory = directory
    self.descriptor = descriptor
  }

  deinit { sd_journal_close(journal) }

  @discardableResult
  private func check(_ result: Int32, _ operation: String) throws(JournalError) -> Int32 {
    guard result >= 0 else { throw JournalError(operation: operation, directory: directory, code: -result) }
    return result
  }

  /// Whether there is any journal file that may be read.
  public var hasFiles: Bool {
    if directory != nil { return true }
    return sd_journal_has_persistent_files(journal) > 0 || sd_journal_has_runtime_files(journal) > 0
  }

  /// Lets only some entries through. To be called before the first `seek`.
  public func match(_ filter: JournalFilter) throws(JournalError) {
    for step in filter.steps {
      switch step {
      case .field(let text): try check(sd_journal_add_match(journal, text, 0), "sd_journal_add_match")
      case .or: try check(sd_journal_add_disjunction(journal), "sd_journal_add_disjunction")
      case .and: try check(sd_journal_add_conjunction(journal), "sd_journal_add_conjunction")
      }
    }
  }

  /// `next` will lead to the oldest entry.
  public func seekHead() throws(JournalError) {
    try check(sd_journal_seek_head(journal), "sd_journal_seek_head")
  }

  /// `next` will lead to the first entry that is written from now on. Returns the cursor of the last one there is.
  public func seekEnd() throws(JournalError) -> String? {
    try check(sd_journal_seek_tail(journal), "sd_journal_seek_tail")
    guard try check(sd_journal_previous(journal), "sd_journal_previous") > 0 else {
      try seekHead()
      return nil
    }
    return try cursor()
  }

  /// What became of the entry that was sought.
  public enum Found {
    /// `next` will lead to the one after it.
    case entry
    /// It is gone, or does not match. This is the next entry: read it before calling `next`.
    case following
    /// It is gone, or does not match, and there is none after it.
    case end
  }

  /// Goes behind the entry that has this cursor.
  public func seek(behind cursor: String) throws(JournalError) -> Found {
    try check(sd_journal_seek_cursor(journal, cursor), "sd_journal_seek_cursor")
    guard try next() else { return .end }
    return try check(sd_journal_test_cursor(journal, cursor), "sd_journal_test_cursor") > 0 ? .entry : .following
  }

  /// Goes to the next entry; false when there is none yet.
  public func next() throws(JournalError) -> Bool {
    try check(sd_journal_next(journal), "sd_journal_next") > 0
  }

  /// The place of the entry, valid in every journal that holds it.
  public func cursor() throws(JournalError) -> String {
    try withCursor { bytes in String(decoding: bytes, as: UTF8.self) }
  }

  /// Calls `body` with the bytes of the cursor.
  func withCursor<Result>(_ body: (UnsafeRawBufferPointer) -> Result) throws(JournalError) -> Result {
    var text: UnsafeMutablePointer<CChar>?
    try check(sd_journal_get_cursor(journal, &text), "sd_journal_get_cursor")
    defer { free(text) }
    return body(UnsafeRawBufferPointer(start: text, count: text.map { strlen($0) } ?? 0))
  }

  /// When the entry was received: microseconds since 1970-01-01 UTC.
  public func realtime() throws(JournalError) -> UInt64 {
    var microseconds: UInt64 = 0
    try check(sd_journal_get_realtime_usec(journal, &microseconds), "sd_journal_get_realtime_usec")
    return microseconds
  }

  /// When the entry was received, in microseconds since the start of the boot it belongs to, and the id of that boot.
  public func monotonic() throws(JournalError) -> (microseconds: UInt64, boot: sd_id128_t) {
    var microseconds: UInt64 = 0
    var boot = sd_id128_t()
    try check(sd_journal_get_monotonic_usec(journal, &microseconds, &boot), "sd_journal_get_monotonic_usec")
    return (microseconds, boot)
  }

  /// Calls `body` with each field, `NAME=value`, cut to the field limit. The bytes are valid during the call.
  func forEachField(_ body: (UnsafeRawBufferPointer) -> Void) throws(JournalError) {
    sd_journal_restart_data(journal)
    while true {
      var data: UnsafeRawPointer?
      var count = 0
      let result = sd_journal_enumerate_available_data(journal, &data, &count)
      guard try check(result, "sd_journal_enumerate_available_data") > 0 else { return }
      body(UnsafeRawBufferPointer(start: data, count: count))
    }
  }

  /// Takes note of changes to the files; true when there were any, after which `next` may find more.
  public func process() throws(JournalError) -> Bool {
    try check(sd_journal_process(journal), "sd_journal_process") != SD_JOURNAL_NOP
  }

  /// The monotonic time, in nanoseconds, at which to call `process` even if nothing was readable; nil for never.
  public var timeout: Int64? {
    var microseconds: UInt64 = 0
    guard sd_journal_get_timeout(journal, &microseconds) >= 0, microseconds < UInt64(Int64.max / 1000) else {
      return nil
    }
    return Int64(microseconds) * 1000
  }
}
