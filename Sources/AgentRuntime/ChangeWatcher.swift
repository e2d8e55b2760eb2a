import Daemon
import Glibc

/// Hears from the kernel which files grew and which directories got or lost names (inotify(7)). What it cannot watch is
/// found by the next scan.
final class ChangeWatcher {
  /// A file of a source.
  struct Target: Hashable {
    var source: Int
    var file: UInt32
  }

  /// What was heard.
  struct Changes {
    var files: Set<Target> = []
    /// Names changed somewhere, or something was missed: scan.
    var names = false
  }

  private static let nameMask = UInt32(
    IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

  let descriptor: Int32
  private let log: Log
  private var directories: [String: Int32] = [:]
  private var directoryWatches: Set<Int32> = []
  private var files: [Target: Int32] = [:]
  /// One file may be followed by several sources.
  private var targets: [Int32: Set<Target>] = [:]
  /// Whether some watch could not be had.
  private(set) var isIncomplete = false

  init(log: Log) throws(AgentError) {
    descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
    guard descriptor >= 0 else { throw .system("inotify_init1", errno) }
    self.log = log
  }

  deinit { close(descriptor) }

  /// Watches these directories and no others. Returns whether some were not watched before: names may have come in the
  /// meantime.
  func watch(directories wanted: Set<String>) -> Bool {
    var isNew = false
    for (path, watch) in directories where !wanted.contains(path) {
      inotify_rm_watch(descriptor, watch)
      directories[path] = nil
      directoryWatches.remove(watch)
    }
    for path in wanted {
      // Again even if it is watched: another directory may have the name now.
      let watch = inotify_add_watch(descriptor, path, Self.nameMask)
      if watch >= 0 {
        if directories[path] != watch { isNew = true }
        directories[path] = watch
        directoryWatches.insert(watch)
      } else {
        directories[path] = nil
        noteFailure(path)
      }
    }
    return isNew
  }

  /// Watches the files of one source and no others of it. Returns those that were not watched before: they may have
  /// grown in the meantime.
  func watch(source: Int, files followed: [(id: UInt32, path: String?)]) -> [UInt32] {
    let wanted = Set(followed.map { Target(source: source, file: $0.id) })
    for (target, watch) in files where target.source == source && !wanted.contains(target) {
      files[target] = nil
      targets[watch]?.remove(target)
      if targets[watch]?.isEmpty == true {
        targets[watch] = nil
        inotify_rm_watch(descriptor, watch)
      }
    }
    var added: [UInt32] = []
    for (id, path) in followed {
      let target = Target(source: source, file: id)
      guard let path, files[target] == nil else { continue }
      let watch = inotify_add_watch(descriptor, path, UInt32(IN_MODIFY))
      if watch >= 0 {
        files[target] = watch
        targets[watch, default: []].insert(target)
        added.append(id)
      } else {
        noteFailure(path)
      }
    }
    return added
  }

  private func noteFailure(_ path: String) {
    guard errno != ENOENT, errno != ENOTDIR, errno != EACCES else { return }
    isIncomplete = true
    log.limited("inotify", everySeconds: 600)?.warning(
      "cannot watch a file for changes; looking for changes every second instead",
      [
        "path": path,
        "reason": errno == ENOSPC
          ? "the limit fs.inotify.max_user_watches is reached" : String(cString: strerror(errno)),
      ])
  }

  /// What has changed since the last call.
  func read() -> Changes {
    var changes = Changes()
    withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: MemoryLayout<inotify_event>.alignment) { buffer in
      while true {
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        guard count > 0 else { return }
        var place = 0
        while place + MemoryLayout<inotify_event>.size <= count {
          let event = buffer.loadUnaligned(fromByteOffset: place, as: inotify_event.self)
          place += MemoryLayout<inotify_event>.size + Int(event.len)
          note(event, &changes)
        }
      }
    }
    return changes
  }

  private func note(_ event: inotify_event, _ changes: inout Changes) {
    if event.mask & UInt32(IN_Q_OVERFLOW) != 0 {
      changes.names = true
    } else if event.mask & UInt32(IN_IGNORED) != 0 {
      // The file or directory is gone, or the watch was removed.
      for target in targets.removeValue(forKey: event.wd) ?? [] { files[target] = nil }
      directoryWatches.remove(event.wd)
    } else if let changed = targets[event.wd] {
      changes.files.formUnion(changed)
    } else if directoryWatches.contains(event.wd) {
      changes.names = true
    }
  }
}
