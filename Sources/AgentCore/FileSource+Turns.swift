import Base

extension FileSource {
  /// How far one file came in its turn.
  enum Step {
    /// All it has was sent, but perhaps a last line without an end that may still grow.
    case atEnd
    case more
    case full
    /// Another file comes first.
    case waiting
    /// It holds something else than before.
    case restarted
    /// It could not be read; the reason has been told.
    case failed
  }

  /// Sends a chunk of the file whose turn it is.
  public mutating func turn(_ now: Moment, into sink: inout some RecordSink) -> SourceTurn {
    guard let id = ready.popFirst() else { return .nothing }
    guard var file = tailed.removeValue(forKey: id) else { return .more }
    file.isQueued = false
    let before = file.position
    let step = advance(&file, now, &sink)
    if step != .restarted { closeIfTooMany(&file) }
    if file.position != before { hasMoved = true }
    tailed[id] = file
    switch step {
    case .waiting: break
    case .atEnd: if file.isDrained { releaseSuccessor(of: id) }
    case .more: enqueue(id)
    case .full:
      enqueue(id)
      return .full
    case .restarted: restart(id, now)
    case .failed:
      tailed[id]?.hasFailed = true
      openEnded.remove(id)
      releaseSuccessor(of: id)
    }
    return .more
  }

  private mutating func closeIfTooMany(_ file: inout TailedFile<Files.File>) {
    guard openCount > Self.openLimit, file.detachedAt == nil, let handle = file.file else { return }
    close(handle)
    file.file = nil
  }

  private mutating func releaseSuccessor(of id: UInt32) {
    guard let successor = tailed[id]?.successor else { return }
    tailed[id]?.successor = nil
    tailed[successor]?.predecessor = nil
    enqueue(successor)
  }

  private mutating func advance(
    _ file: inout TailedFile<Files.File>, _ now: Moment, _ sink: inout some RecordSink
  ) -> Step {
    if file.isOver { return .atEnd }
    guard file.predecessor == nil else { return .waiting }
    guard let handle = handle(of: &file, now) else { return .failed }
    do throws(FileError) {
      guard let isSame = try inspect(&file, handle, now) else { return .failed }
      return isSame ? try read(&file, handle, now, &sink) : .restarted
    } catch {
      report(error)
      return .failed
    }
  }

  /// Looks at a file without reading on. False when it holds something else than before; nil when it cannot be read.
  private mutating func inspect(
    _ file: inout TailedFile<Files.File>, _ handle: Files.File, _ now: Moment
  ) throws(FileError) -> Bool? {
    let status = try files.status(handle)
    guard let isSame = refresh(handle, &file.fingerprint) else { return nil }
    // Where it is not the same, the size known stays what it was: it tells how much was lost.
    guard isSame, status.size >= file.position.sentEnd, try continues(file.position, handle) else { return false }
    if status.size > file.size { file.grownAt = now.monotonic }
    if status.size < file.size { file.searched = 0 }
    file.size = status.size
    file.modified = status.modified
    return true
  }

  /// Whether a line ends where it should, before the next one.
  private func continues(_ position: FilePosition, _ handle: Files.File) throws(FileError) -> Bool {
    guard position.offset > 0, !position.isInsideLine else { return true }
    guard try files.read(handle, at: position.offset - 1, into: previousByte.bytes) == 1 else { return false }
    return previousByte.bytes[0] == 0x0A
  }

  /// Looks at a file that changed, at once, even while the sink is full: what is emptied later is known by then.
  mutating func inspect(_ id: UInt32, _ now: Moment) {
    guard var file = tailed.removeValue(forKey: id) else { return }
    var isSame: Bool? = true
    if !file.isOver, let handle = handle(of: &file, now) {
      do throws(FileError) { isSame = try inspect(&file, handle, now) } catch { report(error) }
      if isSame == true { closeIfTooMany(&file) }
    }
    tailed[id] = file
    if isSame == false { restart(id, now) }
  }

  /// The open file; opened again where it was closed. nil when that fails: the next scan finds out why.
  private mutating func handle(of file: inout TailedFile<Files.File>, _ now: Moment) -> Files.File? {
    if let handle = file.file { return handle }
    guard let path = file.currentPath, let (handle, status) = open(path, expecting: file.key) else { return nil }
    file.file = handle
    if file.modified == 0 { file.grownAt = lastGrowth(status, now) }
    return handle
  }

  /// The content of a file was replaced: what it holds now is a new file, read after what could be saved of the old.
  private mutating func restart(_ id: UInt32, _ now: Moment) {
    guard let old = tailed[id], let handle = old.file else { return }
    openEnded.remove(id)
    byKey[old.key] = nil
    tailed[id]?.file = nil
    let path = old.currentPath ?? old.path
    if path != old.path {
      tailed[id]?.isOver = true
      events.append(.replaced(path: path))
    } else {
      let isSaved = followCopy(id, of: old, now)
      events.append(.truncated(path: path, unread: isSaved ? 0 : max(0, old.size - old.position.sentEnd)))
    }
    enqueue(id)
    guard let fingerprint = fingerprint(handle, path: path) else {
      close(handle)
      return releaseOver(id)
    }
    let next = insert(
      path: path, key: old.key, fingerprint: fingerprint, position: .start, file: handle, status: nil, now: now)
    tailed[next]?.currentPath = old.currentPath
    tailed[next]?.detachedAt = old.detachedAt
    enqueue(next)
    releaseOver(id)
  }

  /// Lets go of a file that is over and owes nothing.
  mutating func releaseOver(_ id: UInt32) {
    guard let file = tailed[id], file.isOver, file.delivery.isSettled else { return }
    remove(id)
  }

  /// When a file was emptied before it was read to its end, its end may have been copied first (logrotate's
  /// `copytruncate`): finds the copy beside it by its beginning, and reads on there. Where there is none, or it is
  /// followed by its own name, the old file is over. Returns whether there is a copy.
  private mutating func followCopy(_ id: UInt32, of old: TailedFile<Files.File>, _ now: Moment) -> Bool {
    tailed[id]?.isOver = true
    // What was never looked at since the start may have grown before it was emptied.
    let isWanted = old.size > old.position.sentEnd || old.modified == 0 || !old.delivery.isSettled
    guard isWanted, old.fingerprint.length > 0 else { return false }
    for path in siblings(of: old.path) where path != old.path && path.hasPrefix(old.path) {
      guard let copy = openCopy(path, of: old) else { continue }
      events.append(.copied(path: old.path, copy: path))
      let known = byKey[FileKey(copy.status)]
      if let known, let file = tailed[known], verify(copy.handle, file.fingerprint) == true {
        close(copy.handle)
        return true
      }
      // What had its inode before is gone.
      if let known { forget(known) }
      tailed[id]?.isOver = false
      tailed[id]?.key = FileKey(copy.status)
      tailed[id]?.file = copy.handle
      tailed[id]?.size = copy.status.size
      tailed[id]?.currentPath = nil
      tailed[id]?.detachedAt = now.monotonic
      byKey[FileKey(copy.status)] = id
      return true
    }
    return false
  }

  private mutating func openCopy(
    _ path: String, of old: TailedFile<Files.File>
  ) -> (handle: Files.File, status: FileStatus)? {
    do throws(FileError) {
      guard let status = try files.status(path: path), status.kind == .file, status.size >= old.size,
        FileKey(status) != old.key, let (handle, current) = open(path, expecting: FileKey(status))
      else { return nil }
      if verify(handle, old.fingerprint) == true, try continues(old.position, handle) { return (handle, current) }
      close(handle)
    } catch {
      report(error)
    }
    return nil
  }
}
