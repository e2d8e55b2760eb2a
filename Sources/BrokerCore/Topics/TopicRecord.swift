import Base

/// A topic as the metadata store keeps it at `/topics/<name>`: lines of a word and a value.
///
///     id 3q2-7wAAAAAAAAAAAAAAAA
///     partitions 3
///     config retention.ms=86400000
struct TopicRecord: Sendable, Hashable {
  static let directory = "/topics"
  /// Topics being deleted, by id: their directories go before the node does.
  static let deletions = "/deletions"

  var name: String
  var id: UUID
  var partitionCount: Int32
  /// What differs from the broker's settings.
  var overrides: [String: String]

  init(name: String, id: UUID, partitionCount: Int32, overrides: [String: String]) {
    self.name = name
    self.id = id
    self.partitionCount = partitionCount
    self.overrides = overrides
  }

  var path: String { "\(Self.directory)/\(name)" }
  var deletionPath: String { "\(Self.deletions)/\(id)" }

  var encoded: [UInt8] {
    var lines = ["id \(id)", "partitions \(partitionCount)"]
    for (key, value) in overrides.sorted(by: { $0.key < $1.key }) { lines.append("config \(key)=\(value)") }
    return Array(lines.joined(separator: "\n").utf8)
  }

  /// The record of a topic that is being deleted has its name in it, since its node goes by the id.
  var encodedDeletion: [UInt8] { Array("name \(name)\n".utf8) + encoded }

  /// nil when the content is damaged.
  init?(name: String, content: [UInt8]) {
    guard let text = String(validating: content, as: UTF8.self) else { return nil }
    var name = name
    var id: UUID?
    var partitionCount: Int32?
    var overrides: [String: String] = [:]
    for line in text.split(separator: "\n") {
      guard let space = line.firstIndex(of: " ") else { return nil }
      let value = line[line.index(after: space)...]
      switch line[..<space] {
      case "name": name = String(value)
      case "id": id = UUID(value)
      case "partitions": partitionCount = Int32(value)
      case "config":
        guard let equals = value.firstIndex(of: "=") else { return nil }
        overrides[String(value[..<equals])] = String(value[value.index(after: equals)...])
      default: return nil
      }
    }
    guard let id, let partitionCount, partitionCount > 0, TopicName.fault(of: name) == nil else { return nil }
    self.init(name: name, id: id, partitionCount: partitionCount, overrides: overrides)
  }
}
