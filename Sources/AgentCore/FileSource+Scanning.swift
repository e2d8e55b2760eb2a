import Base

extension FileSource {
  /// Looks which files there are now, and gives those that changed a turn.
  public mutating func scan(_ now: Moment) {
    var expansion = GlobExpansion(files)
    for pattern in settings.include { expansion.expand(pattern) }
    directories = expansion.directories
    for failure in expansion.failures { report(failure) }
    if expansion.isCutShort { events.append(.tooManyFiles(limit: GlobExpansion<Files>.pathLimit)) }

    var seen: Set<FileKey> = []
    var doubtful = expansion.failures.map(\.path)
    var unknown: [(path: String, status: FileStatus)] = []
    for path in expansion.paths where !settings.exclude.contains(where: { $0.matches(path) }) {
      let (status, failed) = fileStatus(path)
      if failed { doubtful.append(path) }
      guard let status, seen.insert(FileKey(status)).inserted else { continue }
      if let id = byKey[FileKey(status)] {
        look(at: id, path, status, now)
      } else {
        unknown.append((path, status))
      }
    }
    // Those that lost their names come first: what took the names waits for them.
    for id in tailed.keys.sorted() {
      guard let file = tailed[id], !file.isOver, !seen.contains(file.key) else { continue }
      // Where looking failed, a file may well be there.
      guard !doubtful.contains(where: { file.path.hasPrefix($0) }) else { continue }
      noteLostName(id, now)
    }
    for (path, status) in unknown { adopt(path, status, now) }
    retire(now)
    hasScanned = true
  }

  /// The status of what is a file, nil for anything else; and whether that could not be found out.
  private mutating func fileStatus(_ path: String) -> (status: FileStatus?, failed: Bool) {
    do throws(FileError) {
      let status = try files.status(path: path)
      return (status?.kind == .file ? status : nil, false)
    } catch {
      report(error)
      return (nil, true)
    }
  }

  private mutating func look(at id: UInt32, _ path: String, _ status: FileStatus, _ now: Moment) {
    guard var file = tailed[id] else { return }
    file.currentPath = path
    file.detachedAt = nil
    let changed = file.size != status.size || file.modified != status.modified || file.hasFailed
    file.hasFailed = false
    tailed[id] = file
    guard changed else { return }
    enqueue(id)
    inspect(id, now)
  }

  private mutating func noteLostName(_ id: UInt32, _ now: Moment) {
    guard var file = tailed[id] else { return }
    file.hasFailed = false
    if file.detachedAt == nil {
      file.currentPath = nil
      file.detachedAt = now.monotonic
      if file.file == nil {
        guard let (path, handle, status) = search(for: file) else { return forget(id) }
        // It has its name still: the configuration names it no longer.
        if path == file.path {
          close(handle)
          return remove(id)
        }
        file.file = handle
        file.size = status.size
        file.modified = status.modified
        file.grownAt = lastGrowth(status, now)
      }
      events.append(.rotated(path: file.path))
    }
    tailed[id] = file
    enqueue(id)
  }

  /// Finds a closed file under another name beside the one it had.
  private mutating func search(
    for file: TailedFile<Files.File>
  ) -> (path: String, handle: Files.File, status: FileStatus)? {
    for path in siblings(of: file.path) {
      guard let status = fileStatus(path).status, FileKey(status) == file.key else { continue }
      guard let (handle, status) = open(path, expecting: file.key) else { continue }
      if let matches = verify(handle, file.fingerprint), matches { return (path, handle, status) }
      close(handle)
    }
    return nil
  }

  /// The names in the directory of `path`, those that begin with its own name first.
  func siblings(of path: String) -> [String] {
    let directory = path.parentDirectory
    let name = path.lastPathComponent
    do throws(FileError) {
      let names = try files.list(directory).sorted()
      let related = names.filter { $0.hasPrefix(name) }
      let others = names.filter { !$0.hasPrefix(name) }
      return (related + others).map { directory.appendingPathComponent($0) }
    } catch {
      return []
    }
  }

  mutating func forget(_ id: UInt32) {
    guard let file = tailed[id] else { return }
    // What was never looked at may have grown since the last run.
    if !file.isDrained || file.modified == 0 {
      events.append(.vanished(path: file.path, offset: file.position.sentEnd))
    }
    guard !file.delivery.isSettled else { return remove(id) }
    tailed[id]?.isOver = true
    if byKey[file.key] == id { byKey[file.key] = nil }
  }

  private mutating func adopt(_ path: String, _ status: FileStatus, _ now: Moment) {
    guard let (handle, status) = open(path, expecting: FileKey(status)) else { return }
    guard let fingerprint = fingerprint(handle, path: path) else { return close(handle) }
    var position = FilePosition.start
    if settings.startsAtEnd && isFirstRun && !hasScanned {
      position = end(of: handle, size: status.size)
    } else if let original = original(of: path, handle, fingerprint) {
      position = original
    }
    let id = insert(
      path: path, key: FileKey(status), fingerprint: fingerprint, position: position, file: handle, status: status,
      now: now)
    events.append(.found(path: path, offset: position.offset))
    enqueue(id)
  }

  /// Where to begin in a copy of a file that is followed, such as logrotate's `copytruncate` leaves beside it: where the
  /// original is now. nil when the file is no copy.
  private func original(of path: String, _ handle: Files.File, _ fingerprint: FileFingerprint) -> FilePosition? {
    guard fingerprint.length > 0 else { return nil }
    let originals = tailed.values.filter { file in
      file.fingerprint == fingerprint && file.path != path && path.hasPrefix(file.path)
    }
    guard let original = originals.max(by: { $0.id < $1.id }), let originalHandle = original.file else { return nil }
    // Files that only begin alike differ where reading is.
    let end = original.position.offset
    let bytes = bytes(of: handle, before: end)
    return bytes != nil && bytes == self.bytes(of: originalHandle, before: end) ? original.position : nil
  }

  /// The last bytes before an offset, a few; nil when there are none or they cannot be read.
  private func bytes(of handle: Files.File, before offset: Int64) -> [UInt8]? {
    let count = Int(min(offset, 256))
    var bytes = [UInt8](repeating: 0, count: count)
    let read = bytes.withUnsafeMutableBytes { buffer -> Int in
      do throws(FileError) { return try files.read(handle, at: offset - Int64(count), into: buffer) } catch { return 0 }
    }
    return count > 0 && read == count ? bytes : nil
  }

  private func end(of handle: Files.File, size: Int64) -> FilePosition {
    guard size > 0 else { return .start }
    var byte: UInt8 = 0x0A
    let count = withUnsafeMutableBytes(of: &byte) { buffer in
      do throws(FileError) { return try files.read(handle, at: size - 1, into: buffer) } catch { return 0 }
    }
    return FilePosition(offset: size, isInsideLine: count == 1 && byte != 0x0A)
  }

  /// Closes what has been idle for long, and lets go of what has lost its name and ended.
  private mutating func retire(_ now: Moment) {
    for id in tailed.keys.sorted() {
      guard let file = tailed[id], file.delivery.isSettled, !openEnded.contains(id) else { continue }
      guard file.isDrained || file.hasFailed else { continue }
      if let detachedAt = file.detachedAt {
        if now.monotonic &- max(detachedAt, file.grownAt) >= Self.detachedLimit { remove(id) }
      } else if let handle = file.file, now.monotonic &- file.grownAt >= Self.idleLimit {
        close(handle)
        tailed[id]?.file = nil
      }
    }
  }
}
