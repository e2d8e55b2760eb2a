import Base

/// What an agent keeps over a restart: how far each source was acknowledged.
///
/// A small text, one line each, ended by a checksum, so that a person can read it and damage is noticed:
///
///     splashdam-agent positions 1
///     source nginx
///     file 2049 131 1024 9f3b2c11 52110 0 0 /var/log/nginx/access.log
///     source journal
///     cursor s=9c41…;i=5f1;b=…
///     end 5d2a9c01
///
/// A `file` line holds device, inode, length and CRC-32C of the fingerprint, offset, unterminated bytes, whether the
/// offset is inside a line, and the path. Texts are percent-encoded where they hold spaces or control characters.
public struct StoredPositions: Sendable, Hashable {
  static let header = "splashdam-agent positions 1"

  /// By source name; a source that has no files yet is there too.
  public var files: [String: [StoredFilePosition]]
  /// Cursors of journals by source name, nil for a journal that had no entry yet.
  public var cursors: [String: String?]

  public init(files: [String: [StoredFilePosition]] = [:], cursors: [String: String?] = [:]) {
    self.files = files
    self.cursors = cursors
  }

  /// The content of the file.
  public func encoded() -> [UInt8] {
    var lines = [Self.header]
    for (name, entries) in files.sorted(by: { $0.key < $1.key }) {
      lines.append("source \(name.percentEncoded)")
      for entry in entries { lines.append(Self.line(entry)) }
    }
    for (name, cursor) in cursors.sorted(by: { $0.key < $1.key }) {
      lines.append("source \(name.percentEncoded)")
      lines.append(Self.line(cursor: cursor))
    }
    var content = Array((lines.joined(separator: "\n") + "\n").utf8)
    let checksum = content.withUnsafeBytes { CRC32C.checksum($0) }
    content += Array("end \(String(checksum, radix: 16))\n".utf8)
    return content
  }

  static func line(cursor: String?) -> String { "cursor" + (cursor.map { " \($0.percentEncoded)" } ?? "") }

  static func line(_ entry: StoredFilePosition) -> String {
    let fields = [
      String(entry.key.device), String(entry.key.inode), String(entry.fingerprint.length),
      String(entry.fingerprint.checksum, radix: 16), String(entry.position.offset),
      String(entry.position.unterminated), entry.position.isInsideLine ? "1" : "0", entry.path.percentEncoded,
    ]
    return "file " + fields.joined(separator: " ")
  }

  /// Reads back what `encoded` made.
  public init(decoding content: [UInt8]) throws(StoredPositionsError) {
    self.init()
    let body = try Self.body(of: content)
    var source: String?
    for (index, bytes) in body.split(separator: 0x0A).enumerated() {
      let number = index + 1
      let line = String(decoding: bytes, as: UTF8.self)
      if number == 1 {
        guard line == Self.header else { throw .unknownFormat(line) }
        continue
      }
      let fields = line.split(separator: " ").map(String.init)
      switch (fields.first, fields.count) {
      case ("source", 2):
        guard let name = fields[1].percentDecoded else { throw .badLine(number) }
        source = name
        if files[name] == nil && cursors[name] == nil { files[name] = [] }
      case ("file", 9):
        guard let source, let entry = Self.entry(fields) else { throw .badLine(number) }
        files[source, default: []].append(entry)
      case ("cursor", 1), ("cursor", 2):
        guard let source else { throw .badLine(number) }
        if fields.count == 2 && fields[1].percentDecoded == nil { throw .badLine(number) }
        files[source] = nil
        cursors[source] = .some(fields.count == 2 ? fields[1].percentDecoded : nil)
      default: throw .badLine(number)
      }
    }
  }

  /// What comes before the last line, which holds its checksum.
  private static func body(of content: [UInt8]) throws(StoredPositionsError) -> ArraySlice<UInt8> {
    guard content.last == 0x0A else { throw .cutShort }
    let start = (content.dropLast().lastIndex(of: 0x0A) ?? -1) + 1
    let last = String(decoding: content[start..<content.count - 1], as: UTF8.self)
    guard last.hasPrefix("end ") else { throw .cutShort }
    let body = content[..<start]
    let checksum = String(body.withUnsafeBytes { CRC32C.checksum($0) }, radix: 16)
    guard last == "end \(checksum)" else { throw .wrongChecksum(found: checksum, expected: String(last.dropFirst(4))) }
    return body
  }

  static func entry(_ fields: [String]) -> StoredFilePosition? {
    guard let device = UInt64(fields[1]), let inode = UInt64(fields[2]), let length = Int(fields[3]),
      let checksum = UInt32(fields[4], radix: 16), let offset = Int64(fields[5]), let unterminated = Int64(fields[6]),
      ["0", "1"].contains(fields[7]), let path = fields[8].percentDecoded,
      (0...FileFingerprint.lengthLimit).contains(length), offset >= 0, unterminated >= 0,
      !offset.addingReportingOverflow(unterminated).overflow
    else { return nil }
    return StoredFilePosition(
      path: path, key: FileKey(device: device, inode: inode),
      fingerprint: FileFingerprint(length: length, checksum: checksum),
      position: FilePosition(offset: offset, unterminated: unterminated, isInsideLine: fields[7] == "1"))
  }
}
