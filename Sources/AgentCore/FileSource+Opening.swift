import Base

extension FileSource {
  /// Opens the file that has the name `path`, provided it is the one expected.
  mutating func open(_ path: String, expecting key: FileKey) -> (handle: Files.File, status: FileStatus)? {
    do throws(FileError) {
      let handle = try files.open(path, .read)
      openCount += 1
      do throws(FileError) {
        let status = try files.status(handle)
        if status.kind == .file, FileKey(status) == key {
          if unreadable.removeValue(forKey: path) != nil { events.append(.readable(path: path)) }
          return (handle, status)
        }
      } catch {
        report(error)
      }
      close(handle)
    } catch {
      // It may have been renamed or removed since it was listed; the next scan will tell.
      if !error.isNotFound { report(error) }
    }
    return nil
  }

  /// Tells of an error once, until another one comes or none.
  mutating func report(_ error: FileError) {
    guard unreadable[error.path] != error.code else { return }
    // A bound, not a judgement: beyond it errors are told again.
    if unreadable.count >= 1024 { unreadable.removeAll() }
    unreadable[error.path] = error.code
    events.append(.unreadable(error))
  }

  /// The first bytes of a file, as many as a fingerprint may have; nil when it cannot be read.
  private mutating func firstBytes(_ handle: Files.File) -> UnsafeRawBufferPointer? {
    do throws(FileError) {
      let count = try files.read(handle, at: 0, into: head.bytes)
      return UnsafeRawBufferPointer(rebasing: head.bytes[..<count])
    } catch {
      report(error)
      return nil
    }
  }

  mutating func fingerprint(_ handle: Files.File, path: String) -> FileFingerprint? {
    firstBytes(handle).map { FileFingerprint(of: $0) }
  }

  /// Whether the file still begins as it did; nil when it cannot be read.
  mutating func verify(_ handle: Files.File, _ fingerprint: FileFingerprint) -> Bool? {
    firstBytes(handle).map { fingerprint.matches($0) }
  }

  /// As `verify`; a fingerprint that was taken of fewer bytes than there are now is taken anew.
  mutating func refresh(_ handle: Files.File, _ fingerprint: inout FileFingerprint) -> Bool? {
    guard let bytes = firstBytes(handle) else { return nil }
    guard fingerprint.matches(bytes) else { return false }
    if fingerprint.length < bytes.count { fingerprint = FileFingerprint(of: bytes) }
    return true
  }
}
