import Base
import ClientCore
import Daemon

extension GroupDescription {
  /// A row for each group.
  public static func list(_ groups: [GroupDescription], for terminal: Terminal) -> String {
    var table = Table("GROUP", "STATE", "MEMBERS", "PARTITIONS", "LAG")
    for group in groups {
      table.append(
        .text(group.id), TableCell(group.state), .number(Int64(group.members.count)),
        .number(Int64(group.positions.count)), TableCell(group.lag))
    }
    return table.text(for: terminal)
  }

  /// One JSON array.
  public static func json(_ groups: [GroupDescription]) -> String {
    var writer = JSONWriter()
    writer.beginArray()
    for group in groups { group.append(to: &writer) }
    writer.endArray()
    writer.endLine()
    return writer.text
  }

  /// Members, and how far each partition is read.
  public func details(for terminal: Terminal) -> String {
    var text = terminal.styled(id.visible, "1") + "  \(state)"
    if type != "classic" { text += ", \(type.visible) protocol" }
    if !protocolName.isEmpty { text += ", assignor \(protocolName.visible)" }
    text += ", coordinator \(coordinator)\n"
    if !members.isEmpty {
      var table = Table("MEMBER", "CLIENT", "HOST", "INSTANCE", "PARTITIONS")
      for member in members.sorted(by: { $0.id < $1.id }) {
        table.append(
          .text(member.id), TableCell(member.clientID), TableCell(member.clientHost), TableCell(member.instanceID),
          .number(Int64(member.assignment.count)))
      }
      text += table.text(for: terminal)
    }
    if !positions.isEmpty {
      if terminal.isTerminal { text += "\n" }
      let owners = owners
      var table = Table("TOPIC", "PARTITION", "COMMITTED", "END", "LAG", "CLIENT")
      for position in sortedPositions {
        table.append(
          .text(position.partition.topic), .number(Int64(position.partition.partition)),
          TableCell(position.committed), TableCell(position.end), TableCell(position.lag),
          TableCell(owners[position.partition]?.clientID))
      }
      text += table.text(for: terminal)
    }
    if !rebalances.isEmpty {
      if terminal.isTerminal { text += "\n" }
      var table = Table("REBALANCE", "GENERATION", "CLIENT", "HOST", "MEMBER", "CAUSE")
      for rebalance in rebalances {
        let reason = rebalance.clientReason.map { ": \($0)" } ?? ""
        table.append(
          .text(UTCTime(rebalance.timestamp).description), .number(Int64(rebalance.generation)),
          .text(rebalance.clientID), .text(rebalance.clientHost), .text(rebalance.instanceID ?? rebalance.memberID),
          .text(rebalance.cause + reason))
      }
      text += table.text(for: terminal)
    }
    return text
  }

  /// Records not read yet in all partitions; nil where that is known of none.
  var lag: Int64? {
    let known = positions.compactMap(\.lag)
    return known.isEmpty ? nil : known.reduce(0, +)
  }

  private var sortedPositions: [Position] {
    positions.sorted {
      ($0.partition.topic, $0.partition.partition) < ($1.partition.topic, $1.partition.partition)
    }
  }

  private var owners: [TopicPartition: Member] {
    var owners: [TopicPartition: Member] = [:]
    for member in members {
      for partition in member.assignment { owners[partition] = member }
    }
    return owners
  }

  private func append(to writer: inout JSONWriter) {
    writer.beginObject()
    for (name, value) in [
      ("group", id), ("state", state), ("protocol_type", protocolType), ("assignor", protocolName),
      ("coordinator", coordinator.description), ("type", type),
    ] {
      writer.key(name)
      writer.string(value)
    }
    writer.key("lag")
    writer.optional(lag)
    writer.key("members")
    writer.beginArray()
    for member in members {
      writer.beginObject()
      for (name, value) in [("id", member.id), ("client", member.clientID), ("host", member.clientHost)] {
        writer.key(name)
        writer.string(value)
      }
      writer.key("instance")
      writer.optional(member.instanceID)
      writer.key("partitions")
      writer.beginArray()
      for partition in member.assignment {
        writer.beginObject()
        Self.append(partition, to: &writer)
        writer.endObject()
      }
      writer.endArray()
      writer.endObject()
    }
    writer.endArray()
    writer.key("positions")
    writer.beginArray()
    let owners = owners
    for position in sortedPositions {
      writer.beginObject()
      Self.append(position.partition, to: &writer)
      for (name, value) in [("committed", position.committed), ("end", position.end), ("lag", position.lag)] {
        writer.key(name)
        writer.optional(value)
      }
      writer.key("member")
      writer.optional(owners[position.partition]?.id)
      writer.endObject()
    }
    writer.endArray()
    appendRebalances(to: &writer)
    writer.endObject()
  }

  private func appendRebalances(to writer: inout JSONWriter) {
    writer.key("rebalances")
    writer.beginArray()
    for rebalance in rebalances {
      writer.beginObject()
      for (name, value) in [
        ("time", UTCTime(rebalance.timestamp).description), ("member", rebalance.memberID),
        ("client", rebalance.clientID), ("host", rebalance.clientHost), ("cause", rebalance.cause),
      ] {
        writer.key(name)
        writer.string(value)
      }
      for (name, value) in [("instance", rebalance.instanceID), ("reason", rebalance.clientReason)] {
        writer.key(name)
        writer.optional(value)
      }
      writer.key("generation")
      writer.number(rebalance.generation)
      writer.endObject()
    }
    writer.endArray()
  }

  private static func append(_ partition: TopicPartition, to writer: inout JSONWriter) {
    writer.key("topic")
    writer.string(partition.topic)
    writer.key("partition")
    writer.number(partition.partition)
  }
}
