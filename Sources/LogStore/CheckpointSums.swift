import Base

/// `checkpoint-checksums`: the CRC-32C of each checkpoint file of a data directory, which Kafka's format has no room for.
/// Lines of a checksum in hexadecimal digits and a name, the last one with the checksum of those before. A file whose
/// content fits none of its sums is damaged. It is written before the checkpoint it speaks of and keeps the sum of the
/// old content too, so that a crash between the two leaves either content valid. Where it is itself missing or damaged,
/// checkpoints are taken as they are.
package struct CheckpointSums: Sendable {
  package static let name = "checkpoint-checksums"
  private static let ownName = "self"
  private static let limit = 64 << 10

  private var sums: [(name: String, crc: UInt32)] = []

  /// nil when the file does not exist or is damaged.
  package static func read<Files: FileSystem>(in directory: String, files: Files) throws(FileError) -> CheckpointSums? {
    guard let status = try files.status(path: "\(directory)/\(name)"), status.size <= Int64(limit),
      let content = try files.readWhole("\(directory)/\(name)", limit: limit)
    else { return nil }
    return CheckpointSums(content)
  }

  private init() {}

  private init?(_ content: [UInt8]) {
    guard content.last == UInt8(ascii: "\n") else { return nil }
    let lines = String(decoding: content, as: UTF8.self).split(separator: "\n")
    guard let last = lines.last, let own = Self.parse(last), own.name == Self.ownName,
      own.crc == Self.checksum(Array(content.dropLast(last.utf8.count + 1)))
    else { return nil }
    for line in lines.dropLast() {
      guard let sum = Self.parse(line) else { return nil }
      sums.append(sum)
    }
  }

  private static func parse(_ line: Substring) -> (name: String, crc: UInt32)? {
    let fields = line.split(separator: " ", omittingEmptySubsequences: false)
    guard fields.count == 2, fields[0].utf8.count == 8, let crc = UInt32(fields[0], radix: 16) else { return nil }
    return (String(fields[1]), crc)
  }

  static func checksum(_ content: [UInt8]) -> UInt32 { content.withUnsafeBytes { CRC32C.checksum($0) } }

  /// Whether a file of this name may have this content.
  func fits(_ name: String, _ content: [UInt8]) -> Bool {
    let known = sums.filter { $0.name == name }
    return known.isEmpty || known.contains { $0.crc == Self.checksum(content) }
  }

  /// Says that the file may have `content` from now on, beside what it has.
  static func announce<Files: FileSystem>(
    _ name: String, _ content: [UInt8], in directory: String, files: Files
  ) throws(FileError) {
    var sums = try read(in: directory, files: files) ?? CheckpointSums()
    let before = try files.readWhole("\(directory)/\(name)", limit: LineFile.limit)
    // What is damaged now must not become valid.
    let kept = before.flatMap { sums.fits(name, $0) ? Self.checksum($0) : nil }
    sums.sums.removeAll { $0.name == name }
    if let kept { sums.sums.append((name, kept)) }
    sums.sums.append((name, checksum(content)))
    try files.replaceWhole("\(directory)/\(Self.name)", with: sums.content)
  }

  private var content: [UInt8] {
    func line(_ name: String, _ crc: UInt32) -> [UInt8] {
      let digits = String(crc, radix: 16)
      return Array("\(String(repeating: "0", count: 8 - digits.utf8.count))\(digits) \(name)\n".utf8)
    }
    let lines = sums.flatMap { line($0.name, $0.crc) }
    return lines + line(Self.ownName, Self.checksum(lines))
  }
}
