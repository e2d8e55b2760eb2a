import Base

/// What moved since positions were stored whole: written behind each other without a sync, many times a second, so that an
/// agent that is killed repeats next to nothing. After a power loss it may be cut short or missing; then the positions
/// stored whole count.
///
/// Lines of text, each with a checksum in front that is also over `base`, which names the whole store that the line
/// belongs to: lines of an earlier one mean nothing, since positions stored later are newer.
///
///     6c62272e nginx file 2049 131 1024 9f3b2c11 52980 0 0 /var/log/nginx/access.log
///     811c9dc5 journal cursor s=9c41…;i=5f2;b=…
public struct RecentPositions: Sendable {
  /// The checksum of the positions stored whole.
  public let base: UInt32
  public private(set) var content: [UInt8] = []

  public init(base: UInt32) {
    self.base = base
  }

  public mutating func append(_ entry: StoredFilePosition, of source: String) {
    append("\(source.percentEncoded) \(StoredPositions.line(entry))")
  }

  public mutating func append(cursor: String?, of source: String) {
    append("\(source.percentEncoded) \(StoredPositions.line(cursor: cursor))")
  }

  private mutating func append(_ text: String) {
    let bytes = Array(text.utf8)
    let checksum = bytes.withUnsafeBytes { Self.checksum($0, base) }
    content += Array("\(String(checksum, radix: 16)) ".utf8) + bytes + [0x0A]
  }

  static func checksum(_ text: UnsafeRawBufferPointer, _ base: UInt32) -> UInt32 {
    withUnsafeBytes(of: base.littleEndian) { CRC32C.checksum(text, extending: CRC32C.checksum($0)) }
  }
}

extension StoredPositions {
  /// Takes in what moved after these positions, whose checksum is `base`, were stored. Ends at the first line that is cut
  /// short, damaged, or of another base. Returns how many lines it took.
  @discardableResult
  public mutating func apply(recent content: [UInt8], base: UInt32) -> Int {
    var count = 0
    // What stands behind the last line end was cut short.
    for line in content.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
      guard let space = line.firstIndex(of: 0x20) else { break }
      let text = Array(line[(space + 1)...])
      let checksum = String(text.withUnsafeBytes { RecentPositions.checksum($0, base) }, radix: 16)
      guard String(decoding: line[..<space], as: UTF8.self) == checksum, apply(String(decoding: text, as: UTF8.self))
      else { break }
      count += 1
    }
    return count
  }

  private mutating func apply(_ line: String) -> Bool {
    let fields = line.split(separator: " ").map(String.init)
    guard let source = fields.first?.percentDecoded else { return false }
    switch (fields.dropFirst().first, fields.count) {
    case ("file", 10):
      guard let entry = Self.entry(Array(fields.dropFirst())) else { return false }
      var entries = files[source] ?? []
      if let index = entries.firstIndex(where: { $0.key == entry.key }) {
        entries[index] = entry
      } else {
        entries.append(entry)
      }
      files[source] = entries
    case ("cursor", 2): cursors[source] = .some(nil)
    case ("cursor", 3):
      guard let cursor = fields[2].percentDecoded else { return false }
      cursors[source] = .some(cursor)
    default: return false
    }
    return true
  }
}
