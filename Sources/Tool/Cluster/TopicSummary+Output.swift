import Base
import ClientCore
import Daemon

extension TopicSummary {
  /// A row for each topic.
  public static func list(_ topics: [TopicSummary], for terminal: Terminal) -> String {
    var table = Table("TOPIC", "PARTITIONS", "REPLICAS", "RECORDS")
    for topic in topics {
      table.append(
        .text(topic.description.name), .number(Int64(topic.description.partitions.count)),
        TableCell(topic.replicaCount), TableCell(topic.offsetCount))
    }
    return table.text(for: terminal)
  }

  /// One JSON array.
  public static func json(_ topics: [TopicSummary]) -> String {
    var writer = JSONWriter()
    writer.beginArray()
    for topic in topics {
      writer.beginObject()
      topic.appendMembers(to: &writer)
      writer.endObject()
    }
    writer.endArray()
    writer.endLine()
    return writer.text
  }

  /// Everything about one topic.
  public func details(_ configs: [ConfigEntry], for terminal: Terminal) -> String {
    var text = terminal.styled(description.name, "1")
    text += "  id \(description.id)\(description.isInternal ? "  internal" : "")\n"
    let own = configs.filter { $0.source == .topic }.sorted { $0.name < $1.name }
    for config in own { text += "  \(config.name)=\((config.value ?? "").visible)\n" }
    var table = Table("PARTITION", "LEADER", "REPLICAS", "IN-SYNC", "FIRST", "END", "RECORDS")
    for (partition, range) in zip(description.partitions, ranges) {
      table.append(
        .number(Int64(partition.index)), TableCell(partition.leader), TableCell(Self.list(partition.replicas)),
        TableCell(Self.list(partition.inSyncReplicas)), TableCell(range.first), TableCell(range.end),
        TableCell(range.count))
    }
    return text + table.text(for: terminal)
  }

  /// One JSON object.
  public func appendJSON(_ configs: [ConfigEntry], to writer: inout JSONWriter) {
    writer.beginObject()
    appendMembers(to: &writer)
    writer.key("configs")
    writer.beginObject()
    for config in configs.sorted(by: { $0.name < $1.name }) {
      writer.key(config.name)
      writer.optional(config.value)
    }
    writer.endObject()
    writer.endObject()
  }

  private var replicaCount: Int? { description.partitions.map(\.replicas.count).max() }

  private static func list(_ brokers: [Int32]) -> String { brokers.map(String.init).joined(separator: ",") }

  private func appendMembers(to writer: inout JSONWriter) {
    writer.key("name")
    writer.string(description.name)
    writer.key("id")
    writer.string("\(description.id)")
    writer.key("internal")
    writer.boolean(description.isInternal)
    writer.key("records")
    writer.optional(offsetCount)
    writer.key("partitions")
    writer.beginArray()
    for (partition, range) in zip(description.partitions, ranges) {
      writer.beginObject()
      writer.key("partition")
      writer.number(partition.index)
      writer.key("leader")
      writer.optional(partition.leader)
      writer.key("leader_epoch")
      writer.number(partition.leaderEpoch)
      for (name, brokers) in [("replicas", partition.replicas), ("in_sync", partition.inSyncReplicas)] {
        writer.key(name)
        writer.beginArray()
        for broker in brokers { writer.number(broker) }
        writer.endArray()
      }
      writer.key("first")
      writer.optional(range.first)
      writer.key("end")
      writer.optional(range.end)
      writer.endObject()
    }
    writer.endArray()
  }
}
