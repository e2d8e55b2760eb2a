import Base

/// The checkpoint as text, one fact a line:
///
///     splashdam-sink 1
///     group plain-files
///     partition 3 120041 119874 SPvW9yZYQ9qUkkzGRbB2dQ nginx
///     file 53321 1835011 /srv/logs/nginx/web1/access.log
///     crc32c 1b2c3d4f
///
/// A partition's number, next and committed offset (`-` for none), topic id and topic; a file's size, inode and path; the CRC-32C
/// of all lines before the last.
extension SinkCheckpoint {
  static let sizeLimit = 64 << 20
  private static let firstLine = "splashdam-sink 1"

  func encoded() -> [UInt8] {
    var text = Self.firstLine + "\ngroup \(group)\n"
    for (partition, state) in partitions {
      let committed = state.committed.map(\.description) ?? "-"
      text += "partition \(partition.partition) \(state.next) \(committed) \(state.topicID) \(partition.topic)\n"
    }
    for (path, file) in files { text += "file \(file.size) \(file.inode) \(path)\n" }
    let bytes = Array(text.utf8)
    return bytes + Array("crc32c \(Self.checksum(bytes[...]))\n".utf8)
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> String {
    String(bytes.withUnsafeBytes { CRC32C.checksum($0) }, radix: 16)
  }

  /// Reads back what `encoded` wrote; `path` is for errors.
  init(decoding bytes: [UInt8], path: String) throws(SinkStateError) {
    group = ""
    var number = 0
    var start = bytes.startIndex
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      number += 1
      let line = String(decoding: bytes[start..<end], as: UTF8.self)
      if line.hasPrefix("crc32c ") {
        guard line == "crc32c \(Self.checksum(bytes[..<start]))", end == bytes.count - 1 else {
          throw .malformed(path: path, line: number, problem: "the checksum does not match; the file was changed")
        }
        return
      }
      guard number > 1 ? read(line) : line == Self.firstLine else {
        throw .malformed(path: path, line: number, problem: "a sink does not write such a line")
      }
      start = end + 1
    }
    throw .malformed(path: path, line: number + 1, problem: "the file ends without its checksum")
  }

  private mutating func read(_ line: String) -> Bool {
    if line.hasPrefix("group ") {
      group = String(line.dropFirst("group ".count))
      return true
    }
    if line.hasPrefix("partition ") {
      let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: false)
      guard fields.count == 6, let number = Int32(fields[1]), let next = Int64(fields[2]), next >= 0,
        let topicID = UUID(fields[4])
      else { return false }
      let committed = Int64(fields[3])
      guard fields[3] == "-" || committed != nil else { return false }
      partitions[TopicPartition(String(fields[5]), number)] = Partition(
        next: next, committed: committed, topicID: topicID)
      return true
    }
    let fields = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
    guard fields.count == 4, fields[0] == "file", let size = Int64(fields[1]), size >= 0, let inode = UInt64(fields[2])
    else { return false }
    files[String(fields[3])] = File(size: size, inode: inode)
    return true
  }
}
