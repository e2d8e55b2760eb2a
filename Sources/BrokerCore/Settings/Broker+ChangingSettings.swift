import MetadataStore

extension Broker {
  /// Settings changed while brokers ran, for all of them and for one: `/configs/default` and `/configs/<node id>`.
  static var configsPath: String { "/configs" }
  var dynamicPath: String { "\(Self.configsPath)/\(identity.nodeID)" }
  var dynamicDefaultsPath: String { "\(Self.configsPath)/default" }

  /// Keeps changed settings, and has them count from now on. Waits for the disk.
  func replaceSettings(_ table: SettingsTable, effects: inout [BrokerEffect<Files>]) throws(TopicError) {
    do throws(MetadataStoreError) {
      try metadata.multi([
        .set(dynamicPath, value: SettingLines.encode(table.dynamic)),
        .set(dynamicDefaultsPath, value: SettingLines.encode(table.dynamicDefaults)),
      ])
    } catch {
      throw TopicError(error)
    }
    replaceSettings(table)
    for topic in topics.all {
      let overrides = try record(of: topic).record.overrides
      do throws(SettingError) {
        topic.configure(try settings.topicConfiguration(overrides: overrides), effects: &effects)
      } catch {
        throw TopicError(.invalidConfig, error.description)
      }
    }
  }
}

/// Settings as lines of `name=value`.
enum SettingLines {
  static func encode(_ values: [String: String]) -> [UInt8] {
    Array(values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "\n").utf8)
  }

  /// nil when the content is damaged.
  static func decode(_ content: [UInt8]) -> [String: String]? {
    guard let text = String(validating: content, as: UTF8.self) else { return nil }
    var values: [String: String] = [:]
    for line in text.split(separator: "\n") {
      guard let equals = line.firstIndex(of: "=") else { return nil }
      values[String(line[..<equals])] = String(line[line.index(after: equals)...])
    }
    return values
  }
}
