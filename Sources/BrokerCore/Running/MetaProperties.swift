import Base

/// `meta.properties`, Kafka's note in a data directory of whose it is.
package enum MetaProperties {
  package static let name = "meta.properties"

  package enum Content {
    case missing
    case identity(BrokerIdentity)
    /// The reason goes on a sentence that begins with the path.
    case damaged(String)
  }

  /// In front of the checksum of the lines behind its own, which to Kafka is a comment.
  private static let checksumPrefix = "# crc32c="
  private static let limit = 64 << 10

  package static func read<Files: FileSystem>(in directory: String, files: Files) throws(FileError) -> Content {
    let path = "\(directory)/\(name)"
    guard let status = try files.status(path: path) else { return .missing }
    guard status.size <= Int64(limit), let content = try files.readWhole(path, limit: limit) else {
      return .damaged("has \(status.size) bytes")
    }
    let text = String(decoding: content, as: UTF8.self)
    var values: [Substring: Substring] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      guard let equals = line.firstIndex(of: "=") else { continue }
      values[line[..<equals]] = line[line.index(after: equals)...]
    }
    if let first = text.split(separator: "\n", maxSplits: 1).first, first.hasPrefix(checksumPrefix) {
      let rest = Array(content.dropFirst(first.utf8.count + 1))
      guard UInt32(first.dropFirst(checksumPrefix.count), radix: 16) == checksum(rest) else {
        return .damaged("does not fit its checksum")
      }
    }
    guard let clusterID = values["cluster.id"].flatMap({ UUID($0) }),
      let nodeID = values["node.id"].flatMap({ Int32($0) })
    else { return .damaged("has no cluster.id or node.id") }
    return .identity(BrokerIdentity(nodeID: nodeID, clusterID: clusterID))
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { CRC32C.checksum($0) } }

  static func write<Files: FileSystem>(
    _ identity: BrokerIdentity, in directory: String, files: Files
  ) throws(FileError) {
    let content = "version=1\ncluster.id=\(identity.clusterID)\nnode.id=\(identity.nodeID)\n"
    let checksum = String(checksum(Array(content.utf8)), radix: 16)
    try files.replaceWhole("\(directory)/\(name)", with: Array("\(checksumPrefix)\(checksum)\n\(content)".utf8))
  }
}
