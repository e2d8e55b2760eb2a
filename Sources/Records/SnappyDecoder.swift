import CSnappy

/// Snappy, in xerial's framing (Java clients) or as one bare block (librdkafka, Go).
final class SnappyDecoder: StreamDecoder {
  /// No snappy block grows more than 64 bytes for each 3 (a copy with a two-byte offset).
  private static let expansionLimit = 22

  private let scratch = ScratchBuffer()
  private let limit: Int
  private var pending = 0..<0
  private var isFramed: Bool?

  /// - Parameter limit: the largest block to make room for, in bytes.
  init(limit: Int) {
    self.limit = limit
  }

  func restart() throws(CompressionError) {
    pending = 0..<0
    isFramed = nil
  }

  func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> DecodingProgress {
    var position = 0
    if pending.isEmpty {
      if isFramed == nil {
        let framed = XerialFraming.hasMagic(input)
        isFramed = framed
        if framed { position = XerialFraming.headerSize }
      }
      guard position < input.count else {
        return DecodingProgress(consumed: position, produced: 0, isComplete: isFramed == true)
      }
      let block = try nextBlock(input, &position)
      let size = try uncompressedSize(of: block)
      if size <= output.count {
        try uncompress(block, into: output, size)
        return DecodingProgress(consumed: position, produced: size, isComplete: position == input.count)
      }
      scratch.reserve(size)
      try uncompress(block, into: scratch.bytes, size)
      pending = 0..<size
    }
    let count = min(pending.count, output.count)
    output.copyMemory(
      from: UnsafeRawBufferPointer(rebasing: scratch.bytes[pending.lowerBound..<pending.lowerBound + count]))
    pending = pending.lowerBound + count..<pending.upperBound
    return DecodingProgress(
      consumed: position, produced: count, isComplete: pending.isEmpty && position == input.count)
  }

  /// The compressed block at `position`, which moves behind it.
  private func nextBlock(
    _ input: UnsafeRawBufferPointer, _ position: inout Int
  ) throws(CompressionError) -> UnsafeRawBufferPointer {
    guard isFramed == true else {
      position = input.count
      return input
    }
    guard input.count - position >= 4 else { throw CompressionError(.snappy, .truncated) }
    let size = Int(UInt32(bigEndian: input.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
    position += 4
    guard size <= input.count - position else { throw CompressionError(.snappy, .truncated) }
    defer { position += size }
    return UnsafeRawBufferPointer(rebasing: input[position..<position + size])
  }

  private func uncompressedSize(of block: UnsafeRawBufferPointer) throws(CompressionError) -> Int {
    var size = 0
    let status = snappy_uncompressed_length(block.bindMemory(to: CChar.self).baseAddress, block.count, &size)
    // The size is the block's own claim: nothing is allocated for one that cannot be true.
    guard status == SNAPPY_OK, size >= 0, size / Self.expansionLimit <= block.count else {
      throw CompressionError(.snappy, .corrupt("a block states an impossible size"))
    }
    guard size <= limit else { throw CompressionError(.snappy, .tooLarge(limit: limit)) }
    return size
  }

  private func uncompress(
    _ block: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, _ size: Int
  ) throws(CompressionError) {
    var produced = output.count
    let status = snappy_uncompress(
      block.bindMemory(to: CChar.self).baseAddress, block.count, output.bindMemory(to: CChar.self).baseAddress,
      &produced)
    guard status == SNAPPY_OK, produced == size else {
      throw CompressionError(.snappy, .corrupt("a block cannot be decompressed"))
    }
  }
}
