import Base

/// `meta.properties`, Kafka's note in a data directory of whose it is.
enum MetaProperties {
  static let name = "meta.properties"

  /// nil when the file does not exist.
  static func read<Files: FileSystem>(
    in directory: String, files: Files
  ) throws(BrokerStartError) -> BrokerIdentity? {
    let path = "\(directory)/\(name)"
    let content: [UInt8]?
    do throws(FileError) {
      content = try files.readWhole(path, limit: 64 << 10)
    } catch {
      throw BrokerStartError(error)
    }
    guard let content else { return nil }
    var values: [Substring: Substring] = [:]
    let text = String(decoding: content, as: UTF8.self)
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      guard let equals = line.firstIndex(of: "=") else { continue }
      values[line[..<equals]] = line[line.index(after: equals)...]
    }
    guard let clusterID = values["cluster.id"].flatMap({ UUID($0) }),
      let nodeID = values["node.id"].flatMap({ Int32($0) })
    else {
      throw BrokerStartError(
        "\(path) has no cluster.id or node.id; restore it, or choose another directory")
    }
    return BrokerIdentity(nodeID: nodeID, clusterID: clusterID)
  }

  static func write<Files: FileSystem>(
    _ identity: BrokerIdentity, in directory: String, files: Files
  ) throws(FileError) {
    let content = "version=1\ncluster.id=\(identity.clusterID)\nnode.id=\(identity.nodeID)\n"
    try files.replaceWhole("\(directory)/\(name)", with: Array(content.utf8))
  }
}
