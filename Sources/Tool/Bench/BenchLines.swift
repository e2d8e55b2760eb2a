import Base
import DiskIO

/// The values a load generator sends, one after the other and over again.
public struct BenchLines: Sendable {
  /// More of a file than this is not read.
  private static let fileLimit = 256 << 20

  private let bytes: [UInt8]
  private let ranges: [Range<Int>]

  public var count: Int { ranges.count }
  /// Bytes of all of them.
  public var size: Int { ranges.reduce(0) { $0 + $1.count } }

  /// Lines of a file as they are; with `recordSize` its text, line ends turned to spaces, cut into pieces of that many
  /// bytes, so that records have one size and the words of a real log.
  public init(file path: String, recordSize: Int?) throws(ToolFailure) {
    let content: [UInt8]?
    do throws(FileError) {
      content = try RealFileSystem().readWhole(path, limit: Self.fileLimit)
    } catch {
      throw ToolFailure("\(error)", status: .inputOutput)
    }
    guard let content else { throw ToolFailure("there is no file \(path)", status: .usage) }
    try self.init(text: content, recordSize: recordSize, name: path)
  }

  /// Words of logs in no sensible order, the same ones for the same seed.
  public init(madeFrom seed: UInt64, recordSize: Int) throws(ToolFailure) {
    var random = SeededRandom(seed: seed)
    let words = [
      "INFO", "WARN", "ERROR", "GET", "POST", "/index.html", "/api/v1/items", "HTTP/1.1", "connection", "from",
      "closed",
      "opened", "user", "session", "failed", "password", "for", "invalid", "block", "received", "src:", "dest:", "size",
    ]
    var text: [UInt8] = []
    while text.count < 4096 * recordSize, text.count < 16 << 20 {
      text += words[Int.random(in: words.indices, using: &random)].utf8
      text += " \(Int.random(in: 0..<100_000, using: &random)) ".utf8
    }
    try self.init(text: text, recordSize: recordSize, name: "the text made up")
  }

  /// `name` is what an error calls the text.
  package init(text: [UInt8], recordSize: Int?, name: String) throws(ToolFailure) {
    var text = text
    var ranges: [Range<Int>] = []
    if let recordSize {
      for index in text.indices where text[index] == 0x0A || text[index] == 0x0D { text[index] = 0x20 }
      // A short text goes round until it fills at least one record.
      while !text.isEmpty, text.count < recordSize { text += text }
      var start = 0
      while start + recordSize <= text.count {
        ranges.append(start..<(start + recordSize))
        start += recordSize
      }
    } else {
      for line in text.split(separator: 0x0A) { ranges.append(line.startIndex..<line.endIndex) }
    }
    guard !ranges.isEmpty else { throw ToolFailure("\(name) has no lines", status: .usage) }
    bytes = text
    self.ranges = ranges
  }

  public func with<Result, Failure: Error>(
    _ index: Int, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try bytes.span.withUnsafeBytes { (bytes) throws(Failure) in
      try body(UnsafeRawBufferPointer(rebasing: bytes[ranges[index % ranges.count]]))
    }
  }
}
