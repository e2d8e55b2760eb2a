import Base
import Records

/// One pass of compaction over a log's rolled segments, as they were when it was taken (KIP-58, KIP-534): of the records
/// of a key only the last stays, tombstones for their time. Taken under the partition's lock, run without it, handed
/// back to `PartitionLog.adopt` under it. Readers see the old segments until then.
public struct Compaction<Files: FileSystem>: Sendable {
  /// Bytes of memory for keys; a log with more of them takes several passes.
  package var keyMemory = 64 << 20

  let segments: [Segment<Files>]
  /// Records before it were compacted by an earlier pass.
  let firstDirtyOffset: Int64
  /// The last offset of each idempotent producer: its batch stays, if empty, so that the sequence is not forgotten.
  let lastOffsetsOfProducers: [Int64: Int64]
  let configuration: LogConfiguration
  let cache: LogFileCache<Files>
  let truncations: UInt64
  let now: Int64

  /// Writes the compacted segments beside the old ones and syncs them. Blocks for as long as it takes to read and write
  /// the log.
  public func run() throws(CompactionError) -> CompactionResult<Files> {
    var keys = KeyOffsets(limit: keyMemory)
    let cleanOffset = try collect(&keys)
    var result = CompactionResult<Files>(
      cleanOffset: cleanOffset, truncations: truncations,
      byteCountBefore: segments.reduce(0) { $0 + $1.size })
    do throws(CompactionError) {
      for group in groups() {
        let replacement = try rewrite(group, keys)
        result.replacements.append(
          CompactionResult.Replacement(
            baseOffsets: group.map(\.baseOffset), sizes: group.map(\.size), segment: replacement))
      }
    } catch {
      try discard(result)
      throw error
    }
    return result
  }

  private func discard(_ result: CompactionResult<Files>) throws(CompactionError) {
    do throws(FileError) {
      try result.discard(cache.files)
    } catch {
      throw .log(.file(error))
    }
  }

  /// Neighbours that fit into one segment together, so that what is left of many small ones becomes one.
  private func groups() -> [[Segment<Files>]] {
    var groups: [[Segment<Files>]] = []
    var size: Int64 = 0
    let limit = Int64(min(configuration.segmentBytes, Int(Int32.max)))
    for segment in segments {
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

  /// Notes the last offset of each key; returns the offset up to which all keys are known.
  private func collect(_ keys: inout KeyOffsets) throws(CompactionError) -> Int64 {
    let decoder = RecordBatchDecoder()
    var end = firstDirtyOffset
    for segment in segments where segment.nextOffset > firstDirtyOffset {
      let batches = try batches(of: segment)
      while let batch = try batches.nextBatch() {
        if batch.header.lastOffset < firstDirtyOffset || batch.header.attributes.isControl { continue }
        do throws(RecordBatchError) {
          var records = try decoder.records(of: batch)
          while let record = try records.next() {
            if let key = record.key, !keys.note(key, at: record.offset) { return record.offset }
          }
        } catch {
          throw .undecodable(segment.path(.log), error)
        }
      }
      end = segment.nextOffset
    }
    return end
  }

  private func rewrite(_ group: [Segment<Files>], _ keys: KeyOffsets) throws(CompactionError) -> Segment<Files> {
    let filter = RecordBatchFilter()
    var writer = try CompactionWriter(
      baseOffset: group[0].baseOffset, directory: group[0].directory, cache: cache,
      indexInterval: configuration.indexIntervalBytes)
    for segment in group {
      let batches = try batches(of: segment)
      while let batch = try batches.nextBatch() {
        switch try left(of: batch, keys, filter, path: segment.path(.log)) {
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

  private func left(
    of batch: RecordBatchSlice, _ keys: KeyOffsets, _ filter: RecordBatchFilter, path: String
  ) throws(CompactionError) -> RecordBatchFilter.Outcome {
    let header = batch.header
    if header.attributes.isControl { return .unchanged }
    let tombstonesMayGo = header.attributes.hasDeleteHorizon && header.baseTimestamp <= now
    let (horizon, overflow) = now.addingReportingOverflow(configuration.deleteRetentionMilliseconds)
    do throws(RecordBatchError) {
      return try filter.filter(batch, deleteHorizon: overflow ? .max : horizon) { record in
        guard let key = record.key else { return false }
        if record.value == nil, tombstonesMayGo { return false }
        return !keys.isSuperseded(key, at: record.offset)
      }
    } catch {
      throw .undecodable(path, error)
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
