import Base
import LogStore
import Simulator
import TestKit
import Testing

/// One byte flipped, or the end cut off, in one file of a log: it opens, serves what is intact, and nothing else.
@Suite struct DamageTests {
  /// A log of a few segments with all of its kinds of files.
  private struct Original {
    let files = VirtualFileSystem()
    var contents: [String: [UInt8]] = [:]
    var batches: [[UInt8]] = []
    let configuration: LogConfiguration

    init() throws {
      var configuration = LogConfiguration()
      configuration.segmentBytes = 1500
      configuration.indexIntervalBytes = 150
      self.configuration = configuration
      var log = try TestLog(files: files, configuration: configuration)
      for index in 0..<40 {
        var builder = BatchBuilder(recordCount: Int32(index % 3 + 1), timestamp: Int64(1000 + index * 10 % 170))
        builder.payload = [UInt8](repeating: UInt8(index), count: index * 3)
        if index % 4 == 0 {
          (builder.producerID, builder.epoch, builder.sequence) = (7, 1, Int32(index / 4))
          builder.recordCount = 1
        }
        var bytes = builder.bytes
        try log.append(&bytes, leaderEpoch: Int32(index / 15))
        batches.append(bytes)
      }
      try log.log.checkpoint()
      try log.log.close()
      for path in files.paths { contents[path] = files.content(path) }
    }

    func restore() {
      files.kill()
      for path in files.paths where contents[path] == nil { _ = try? files.remove(path) }
      for (path, content) in contents {
        if files.content(path) == nil { _ = try? files.open(path, .replace) }
        files.setContent(path, content)
      }
    }

    var end: Int64 { split(batches[batches.count - 1])[0].header.nextOffset }
  }

  /// Opens the damaged log, reads it whole, and appends.
  private func check(_ original: Original, _ path: String, recoveryPoint: Int64, clean: Bool) throws {
    var log = try TestLog(
      files: original.files, configuration: original.configuration, recoveryPoint: recoveryPoint, clean: clean)
    let isVerified = !clean && recoveryPoint == 0
    let isLog = path.hasSuffix(".log")
    var served: [[UInt8]] = []
    var next = log.log.logStartOffset
    while next < log.log.logEndOffset {
      do throws(LogError) {
        guard let bytes = try log.read(from: next, maxBytes: 1), let batch = split(bytes).first else { break }
        served.append(batch.bytes)
        guard batch.header.nextOffset > next else { break }
        next = batch.header.nextOffset
      } catch {
        guard case .corrupt = error else { throw error }
        #expect(isLog && !isVerified, "\(error) after damage to \(path)")
        break
      }
    }
    if isLog {
      for batch in served where isSound(batch) {
        // No checksum covers the leader epoch, and the offset is sure only where the log was verified.
        let fixed = isVerified ? 0 : 8
        let isOriginal = original.batches.contains { $0[fixed..<12] == batch[fixed..<12] && $0[16...] == batch[16...] }
        #expect(isOriginal, "a wrong batch was served after damage to \(path)")
      }
      if isVerified { #expect(served.allSatisfy(isSound), "after damage to \(path)") }
    } else {
      #expect(served == original.batches, "after damage to \(path)")
      for target in stride(from: Int64(990), through: 1180, by: 7) {
        let expected = original.batches.first { split($0)[0].header.maxTimestamp >= target }
        let found = try log.log.timestampSearch(atLeast: target).resolve()
        #expect(
          found?.position.offset == expected.map { split($0)[0].header.baseOffset },
          "timestamp \(target) after damage to \(path)")
      }
    }
    // It goes on from where it is.
    let end = log.log.logEndOffset
    #expect(try log.append(BatchBuilder(), leaderEpoch: 9).baseOffset == end)
  }

  /// Whether a consumer would take it for whole.
  private func isSound(_ batch: [UInt8]) -> Bool {
    let crc = batch.withUnsafeBytes { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[21...])) }
    return crc == split(batch)[0].header.crc
  }

  @Test func damageIsCutMendedOrTold() throws {
    var run = FuzzRun("log damage")
    let original = try Original()
    let paths = original.contents.keys.sorted()
    #expect(paths.contains { $0.hasSuffix("leader-epoch-checkpoint") } && paths.contains { $0.hasSuffix(".snapshot") })
    #expect(paths.filter { $0.hasSuffix(".timeindex") }.count > 3)
    while run.next() {
      original.restore()
      let path = paths.randomElement(using: &run.random) ?? ""
      var content = original.contents[path] ?? []
      guard !content.isEmpty else { continue }
      let place = Int.random(in: 0..<content.count, using: &run.random)
      switch Int.random(in: 0..<4, using: &run.random) {
      case 0: content.removeLast(content.count - place)
      case 1: content.replaceSubrange(place..., with: repeatElement(0, count: content.count - place))
      default: content[place] ^= 1 << UInt8.random(in: 0..<8, using: &run.random)
      }
      original.files.setContent(path, content)
      switch Int.random(in: 0..<3, using: &run.random) {
      case 0: try check(original, path, recoveryPoint: original.end, clean: true)
      case 1: try check(original, path, recoveryPoint: original.end, clean: false)
      default: try check(original, path, recoveryPoint: 0, clean: false)
      }
    }
    print("log damage: \(run.count) times")
  }

  @Test func lostFilesAreMadeAnew() throws {
    let original = try Original()
    for path in original.contents.keys.sorted() where !path.hasSuffix(".log") {
      original.restore()
      try original.files.remove(path)
      try check(original, path, recoveryPoint: original.end, clean: true)
    }
  }
}
