import Base
import LogStore
import Records
import Simulator

typealias VirtualLog = PartitionLog<VirtualFileSystem>

/// A partition's log on a virtual disk, with the calls a broker would make.
struct TestLog {
  static let directory = "/data/t-0"
  let files: VirtualFileSystem
  var cache: LogFileCache<VirtualFileSystem>
  var log: VirtualLog
  var now: Int64 = 1_000_000
  /// What `readMending` mended.
  var notes: [String] = []

  init(
    files: VirtualFileSystem = VirtualFileSystem(), configuration: LogConfiguration = LogConfiguration(),
    recoveryPoint: Int64 = 0, logStartOffset: Int64? = 0, clean: Bool = false, pagesSurvived: Bool = false,
    now: Int64 = 1_000_000
  ) throws(LogError) {
    self.files = files
    self.now = now
    files.setTime(now)
    cache = LogFileCache(files: files, capacity: 16)
    log = try VirtualLog(
      opening: Self.directory, configuration: configuration, cache: cache, recoveryPoint: recoveryPoint,
      logStartOffset: logStartOffset, wasCleanlyShutDown: clean, pagesSurvived: pagesSurvived, now: now)
  }

  @discardableResult
  mutating func append(
    _ batches: BatchBuilder..., leaderEpoch: Int32 = 0, origin: AppendOrigin = .client
  ) throws(LogError) -> AppendResult {
    var bytes = batches.flatMap(\.bytes)
    return try append(&bytes, leaderEpoch: leaderEpoch, origin: origin)
  }

  @discardableResult
  mutating func append(
    _ bytes: inout [UInt8], leaderEpoch: Int32 = 0, origin: AppendOrigin = .client
  ) throws(LogError) -> AppendResult {
    files.setTime(now)
    var buffer = bytes
    defer { bytes = buffer }
    return try buffer.withUnsafeMutableBufferPointer { (buffer) throws(LogError) in
      try log.append(UnsafeMutableRawBufferPointer(buffer), leaderEpoch: leaderEpoch, origin: origin, now: now)
    }
  }

  /// The bytes a fetch would get, nil for none; resolves cold reads.
  mutating func read(
    from offset: Int64, maxBytes: Int = .max, upTo limit: Int64 = .max
  ) throws(LogError) -> [UInt8]? {
    let slice: LogSlice<VirtualFileSystem>?
    switch try log.read(from: offset, maxBytes: maxBytes, upTo: limit) {
    case .slice(let found): slice = found
    case .empty: slice = nil
    case .needsDisk(let cold): slice = try cold.resolve()
    }
    guard let slice else { return nil }
    return try slice.bytes()
  }

  /// As `read`; damage that is met is mended, as a broker does, and the read tried once more.
  mutating func readMending(from offset: Int64, maxBytes: Int = .max) throws(LogError) -> [UInt8]? {
    do throws(LogError) {
      return try read(from: offset, maxBytes: maxBytes)
    } catch {
      guard case .corrupt(let path, _, _) = error, let mending = try log.mending(ofFile: path, now: now) else {
        throw error
      }
      let result = try mending.run()
      notes += result.notes
      try remove(log.adopt(result))
      return try read(from: offset, maxBytes: maxBytes)
    }
  }

  /// All batches from `offset` on, by as many reads as it takes.
  mutating func batches(from offset: Int64? = nil, maxBytes: Int = 1) throws(LogError) -> [[UInt8]] {
    var batches: [[UInt8]] = []
    var next = offset ?? log.logStartOffset
    while let bytes = try read(from: next, maxBytes: maxBytes) {
      for batch in split(bytes) {
        batches.append(batch.bytes)
        next = batch.header.nextOffset
      }
    }
    return batches
  }

  mutating func sync() throws(LogError) {
    guard let target = try log.syncTarget() else { return }
    do throws(FileError) {
      try target.run()
      log.didSync(target)
    } catch {
      log.didFailToSync(error)
      throw .file(error)
    }
  }

  mutating func remove(_ removal: SegmentRemoval<VirtualFileSystem>) throws(LogError) {
    do throws(FileError) {
      try removal.run()
    } catch {
      throw .file(error)
    }
  }
}

extension LogSlice {
  func bytes() throws(LogError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    let count: Int
    do throws(FileError) {
      count = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(FileError) in
        try read(into: UnsafeMutableRawBufferPointer(buffer))
      }
    } catch {
      throw .file(error)
    }
    return Array(bytes.prefix(count))
  }
}

/// The whole batches in `bytes`; a cut last one is left out.
func split(_ bytes: [UInt8]) -> [(header: RecordBatchHeader, bytes: [UInt8])] {
  var batches: [(header: RecordBatchHeader, bytes: [UInt8])] = []
  var rest = bytes[...]
  while let header = rest.withUnsafeBytes({ RecordBatchHeader(reading: $0) }), header.batchLength >= 49,
    rest.count >= header.size
  {
    batches.append((header, Array(rest.prefix(header.size))))
    rest = rest.dropFirst(header.size)
  }
  return batches
}
