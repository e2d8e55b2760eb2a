import Base

extension VirtualFileSystem {
  /// Lets so many more calls that change something succeed; then every one fails until `crash` or `kill`. Of the last
  /// one that succeeds, if it is a write, only a part is done, and it fails too.
  public func stop(afterCalls count: Int) { state.withLock { $0.callsLeft = count } }

  /// True once the calls of `stop` are used up.
  public var isStopped: Bool { state.withLock { $0.callsLeft == 0 } }

  /// Lets the next calls that change something fail.
  public func failNext(_ code: Int32, _ reason: String, count: Int = 1) {
    state.withLock { state in
      state.failures = Array(repeating: FileError(operation: "", path: "", code: code, reason: reason), count: count)
    }
  }

  /// Whether reading a file opened under this path fails with `EIO`.
  public func setReadsFail(_ path: String, _ fails: Bool) {
    state.withLock { state in
      if fails { state.failingReads.insert(path) } else { state.failingReads.remove(path) }
    }
  }

  /// While cold, `readCached` finds nothing in memory.
  public func setCold(_ isCold: Bool) { state.withLock { $0.isCold = isCold } }

  /// Bytes all files may have; writes beyond it meet `ENOSPC`.
  public func setCapacity(_ bytes: Int) { state.withLock { $0.capacity = bytes } }

  /// Lets `space` fail; nil for not any more.
  public func failSpace(_ code: Int32?) { state.withLock { $0.spaceFailure = code } }

  /// Bytes all files have.
  public var usedBytes: Int { state.withLock { $0.used } }

  /// The time files are modified at, in milliseconds since 1970-01-01 UTC.
  public func setTime(_ milliseconds: Int64) { state.withLock { $0.time = milliseconds } }

  /// Files open now.
  public var openFileCount: Int { state.withLock { $0.open.count } }

  /// The process ends: every descriptor is closed, files stay as they are.
  public func kill() {
    state.withLock { state in
      state.endProcess()
      state.freeUnused()
    }
  }

  /// The power goes and comes back.
  public func crash(_ random: inout SeededRandom) {
    random = state.withLock { [random] state in
      var random = random
      state.endProcess()
      for number in state.files.keys.sorted() { state.files[number]?.losePower(&random) }
      for change in state.pendingNames.prefix(Int.random(in: 0...state.pendingNames.count, using: &random)) {
        state.durableNames.apply(change)
      }
      state.pendingNames = []
      state.names = state.durableNames
      state.used = state.files.values.reduce(0) { $0 + $1.content.count }
      state.freeUnused()
      return random
    }
  }

  /// The bytes of a file as a reader sees them now; nil when there is none of this name.
  public func content(_ path: String) -> [UInt8]? {
    state.withLock { state in
      guard case .file(let number) = state.names.nodes[path] else { return nil }
      return state.files[number]?.content
    }
  }

  /// Replaces what an existing file has, as if it had always been so.
  public func setContent(_ path: String, _ bytes: [UInt8]) {
    state.withLock { state in
      guard case .file(let number) = state.names.nodes[path] else { return }
      state.used += bytes.count - (state.files[number]?.content.count ?? 0)
      state.files[number]?.replace(with: bytes)
    }
  }

  /// The paths of all files, sorted.
  public var paths: [String] {
    state.withLock { state in state.names.nodes.filter { $0.value != .directory }.keys.sorted() }
  }
}

extension VirtualFileSystem.State {
  mutating func endProcess() {
    open = [:]
    callsLeft = .max
    failures = []
  }
}
