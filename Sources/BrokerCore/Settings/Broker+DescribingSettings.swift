/// A setting as DescribeConfigs shows it.
struct DescribedSetting {
  var name: String
  var value: String?
  var source: SettingSource
  var kind: SettingKind
  var isReadOnly: Bool
  var documentation: String
  /// Every value there is for it, the one that counts first.
  var synonyms: [(name: String, value: String?, source: SettingSource)]
}

extension Broker {
  /// All settings of a topic, by name.
  func topicConfigs(overrides: [String: String]) -> [DescribedSetting] {
    let table = settingsTable
    return TopicSetting.all.map { setting in
      var synonyms: [(name: String, value: String?, source: SettingSource)] = []
      if let value = overrides[setting.name] { synonyms.append((setting.name, value, .topic)) }
      for (name, text, source) in table.layers(ofTopicSetting: setting) { synonyms.append((name, text, source)) }
      return DescribedSetting(
        name: setting.name, value: synonyms.first?.value, source: synonyms.first?.source ?? .builtIn,
        kind: setting.kind, isReadOnly: false, documentation: setting.documentation, synonyms: synonyms)
    }
  }

  /// All settings of this broker, by name.
  func brokerConfigs() -> [DescribedSetting] {
    let table = settingsTable
    return BrokerSetting.byName.values.sorted { $0.name < $1.name }.map { setting in
      let layers = table.layers(of: setting)
      return DescribedSetting(
        name: setting.name, value: layers.first?.text, source: layers.first?.source ?? .builtIn, kind: setting.kind,
        isReadOnly: !setting.isDynamic, documentation: setting.documentation,
        synonyms: layers.map { (setting.name, $0.text, $0.source) })
    }
  }
}

extension SettingsTable {
  /// What the broker says about a setting of topics, the value that counts first.
  func layers(ofTopicSetting setting: TopicSetting) -> [(name: String, text: String?, source: SettingSource)] {
    func named(_ name: String, _ convert: (Int64) -> String? = { _ in nil }) -> [(String, String?, SettingSource)] {
      guard let broker = BrokerSetting.byName[name] else { return [] }
      return layers(of: broker).map { text, source in
        (name, text.flatMap { Int64($0) }.flatMap(convert) ?? text, source)
      }
    }
    func times(_ unit: Int64) -> (Int64) -> String? {
      { $0 < 0 ? "-1" : String($0.multipliedReportingOverflow(by: unit).partialValue) }
    }
    switch setting.name {
    case "retention.ms":
      return named("log.retention.ms") + named("log.retention.minutes", times(60_000))
        + named("log.retention.hours", times(3_600_000))
    case "segment.ms": return named("log.roll.ms") + named("log.roll.hours", times(3_600_000))
    default: return named(setting.brokerName)
    }
  }
}
