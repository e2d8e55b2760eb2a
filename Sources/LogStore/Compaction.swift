import Base
import Records

/// One pass of compaction over a log's rolled segments, as they were when it was taken (KIP-58, KIP-534): of the records
/// of a key only the last stays, tombstones for their time. Taken under the partition's lock, run without it; each
/// replacement is handed to `PartitionLog.adopt` under it before the next one is written, so that a pass needs no more
/// room on the disk than one segment. Readers see the old segments until then.
///
/// A pass may end anywhere, with the process too: what was adopted stays, and the next pass begins where this one did.
public struct Compaction<Files: FileSystem>: Sendable {
  /// Bytes of memory for keys; a log with more of them takes several passes.
  public var keyMemory = 64 << 20

  let segments: [Segment<Files>]
  /// Records before it were compacted by an earlier pass.
  let firstDirtyOffset: Int64
  /// The last offset of each idempotent producer: its batch stays, if empty, so that the sequence is not forgotten.
  let lastOffsetsOfProducers: [Int64: Int64]
  let configuration: LogConfiguration
  let cache: LogFileCache<Files>
  let truncations: UInt64
  let now: Int64

  /// Bytes of disk that are taken at most while a pass runs.
  public var workingByteCount: Int64 {
    groups(before: .max).reduce(0) { max($0, $1.reduce(0) { $0 + $1.size }) }
  }

  /// Writes the compacted segments beside the old ones, one after another, and syncs them. Blocks for as long as it
  /// takes to read and write the log.
  ///
  /// - Parameter adopt: hands a replacement to the log; false when the log has changed meanwhile, which ends the pass.
  ///   Going on could remove a tombstone whose record is still there.
  public func run(
    _ adopt: (CompactionReplacement<Files>) throws(CompactionError) -> Bool
  ) throws(CompactionError) -> CompactionResult {
    var keys = KeyOffsets(limit: keyMemory)
    let cleanOffset = try collect(&keys)
    var result = CompactionResult(cleanOffset: cleanOffset, truncations: truncations)
    for group in groups(before: cleanOffset) {
      do throws(CompactionError) {
        let replacement = CompactionReplacement(
          baseOffsets: group.map(\.baseOffset), sizes: group.map(\.size),
          segment: try rewrite(group, keys, before: cleanOffset), truncations: truncations)
        guard try adopt(replacement) else {
          try discard(group)
          result.isComplete = false
          return result
        }
        result.byteCountBefore += replacement.sizes.reduce(0, +)
        result.byteCountAfter += replacement.segment.size
      } catch {
        try discard(group)
        throw error
      }
    }
    return result
  }

  /// Removes what was written in the place of these segments and not adopted.
  private func discard(_ group: [Segment<Files>]) throws(CompactionError) {
    do throws(FileError) {
      try cache.files.remove(group[0].path(.log) + CompactionWriter<Files>.suffix)
    } catch {
      guard error.isNotFound else { throw .log(.file(error)) }
    }
  }

  /// Neighbours that fit into one segment together, so that what is left of many small ones becomes one. All of them
  /// begin before `offset`.
  private func groups(before offset: Int64) -> [[Segment<Files>]] {
    var groups: [[Segment<Files>]] = []
    var size: Int64 = 0
    let limit = Int64(min(configuration.segmentBytes, Int(Int32.max)))
    for segment in segments where segment.baseOffset < offset {
      let span = segment.nextOffset &- (groups.last?.first?.baseOffset ?? segment.baseOffset)
      if groups.isEmpty || size + segment.size > limit || span > Int64(Int32.max) {
        groups.append([segment])
        size = segment.size
      } else {
        groups[groups.count - 1].append(segment)
        size += segment.size
      }
    }
    return groups
  }

  /// Notes the last offset of each key; returns the offset up to which all keys are known. What cannot be decoded has no
  /// keys, and stays.
  private func collect(_ keys: inout KeyOffsets) throws(CompactionError) -> Int64 {
    let decoder = RecordBatchDecoder()
    var end = firstDirtyOffset
    for segment in segments where segment.nextOffset > firstDirtyOffset {
      let batches = try batches(of: segment)
      while let batch = try batches.nextBatch() {
        if batch.header.lastOffset < firstDirtyOffset || batch.header.attributes.isControl { continue }
        if let full = note(batch, decoder, in: &keys) { return full }
      }
      end = segment.nextOffset
    }
    return end
  }

  /// The offset of the first record whose key has no room; nil when all have.
  private func note(
    _ batch: RecordBatchSlice, _ decoder: RecordBatchDecoder, in keys: inout KeyOffsets
  ) -> Int64? {
    do throws(RecordBatchError) {
      var records = try decoder.records(of: batch)
      while let record = try records.next() {
        guard record.offset >= firstDirtyOffset, let key = record.key else { continue }
        if !keys.note(key, at: record.offset) { return record.offset }
      }
    } catch {
      return nil
    }
    return nil
  }

  private func rewrite(
    _ group: [Segment<Files>], _ keys: KeyOffsets, before end: Int64
  ) throws(CompactionError) -> Segment<Files> {
    let filter = RecordBatchFilter()
    var writer = try CompactionWriter(
      baseOffset: group[0].baseOffset, directory: group[0].directory, cache: cache,
      indexInterval: configuration.indexIntervalBytes)
    for segment in group {
      let batches = try batches(of: segment)
      while let batch = try batches.nextBatch() {
        switch left(of: batch, keys, filter, before: end) {
        case .unchanged: try writer.append(batch.bytes)
        case .replaced(let bytes): try bytes.appended(to: &writer)
        case .emptied(let bytes):
          let header = batch.header
          if header.producerID >= 0, lastOffsetsOfProducers[header.producerID] == header.lastOffset {
            try bytes.appended(to: &writer)
          }
        }
      }
    }
    return try writer.finish(replacing: group)
  }

  /// What stays of a batch. One whose records cannot be read stays whole: which of them are superseded nobody knows.
  /// Nor does a record go that lies at or behind `end`, tombstones before all: there may be older ones of its key.
  private func left(
    of batch: RecordBatchSlice, _ keys: KeyOffsets, _ filter: RecordBatchFilter, before end: Int64
  ) -> RecordBatchFilter.Outcome {
    let header = batch.header
    if header.attributes.isControl || header.baseOffset >= end { return .unchanged }
    let tombstonesMayGo = header.attributes.hasDeleteHorizon && header.baseTimestamp <= now
    let (horizon, overflow) = now.addingReportingOverflow(configuration.deleteRetentionMilliseconds)
    do throws(RecordBatchError) {
      return try filter.filter(batch, deleteHorizon: overflow ? .max : horizon) { record in
        if record.offset >= end { return true }
        guard let key = record.key else { return false }
        if record.value == nil, tombstonesMayGo { return false }
        return !keys.isSuperseded(key, at: record.offset)
      }
    } catch {
      return .unchanged
    }
  }

  private func batches(of segment: Segment<Files>) throws(CompactionError) -> SegmentBatches<Files> {
    do throws(LogError) {
      return try SegmentBatches(segment, cache: cache)
    } catch {
      throw .log(error)
    }
  }
}

extension SegmentBatches {
  fileprivate func nextBatch() throws(CompactionError) -> RecordBatchSlice? {
    do throws(LogError) {
      return try next()
    } catch {
      throw .log(error)
    }
  }
}

extension [UInt8] {
  fileprivate func appended<Files: FileSystem>(to writer: inout CompactionWriter<Files>) throws(CompactionError) {
    try span.withUnsafeBytes { (bytes) throws(CompactionError) in try writer.append(bytes) }
  }
}
