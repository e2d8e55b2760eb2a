/// The values of the broker's settings as they were written, by where they were.
public struct SettingsTable: Sendable, Hashable {
  /// From the configuration file and the command line.
  public private(set) var fixed: [String: String] = [:]
  /// Changed while the broker ran, for all brokers and for this one.
  var dynamicDefaults: [String: String] = [:]
  var dynamic: [String: String] = [:]

  public init() {}

  /// A value from the file or the command line.
  public mutating func set(_ name: String, to value: String) throws(SettingError) {
    let setting = try Self.setting(name)
    if case .failure(let fault) = setting.kind.parse(value) { throw SettingError(name: name, problem: fault.problem) }
    fixed[name] = value
  }

  static func setting(_ name: String) throws(SettingError) -> BrokerSetting {
    guard let setting = BrokerSetting.byName[name] else {
      throw .unknown(name, among: BrokerSetting.byName.keys.sorted(), what: "setting")
    }
    return setting
  }

  /// The value of a setting, nil where it has none, and what it comes from.
  func value(of setting: BrokerSetting) -> (text: String?, source: SettingSource) {
    layers(of: setting).first ?? (nil, .builtIn)
  }

  /// All values of a setting, the one that counts first.
  func layers(of setting: BrokerSetting) -> [(text: String?, source: SettingSource)] {
    var layers: [(String?, SettingSource)] = []
    if let text = dynamic[setting.name] { layers.append((text, .dynamicBroker)) }
    if let text = dynamicDefaults[setting.name] { layers.append((text, .dynamicDefaultBroker)) }
    if let text = fixed[setting.name] { layers.append((text, .staticBroker)) }
    if let text = setting.standard { layers.append((text, .builtIn)) }
    return layers
  }

  /// All settings, understood. Values were checked when they were set; one that is not understood counts as not set.
  public var settings: BrokerSettings {
    var settings = BrokerSettings()
    for setting in BrokerSetting.byName.values {
      for (text, _) in layers(of: setting) {
        guard let text, case .success(let value) = setting.kind.parse(text) else { continue }
        setting.apply(&settings, value)
        break
      }
    }
    settings.finish()
    return settings
  }
}

extension BrokerSettings {
  /// Brings together what may be written in several units.
  mutating func finish() {
    func product(_ count: Int64, _ unit: Int64) -> Int64 { count < 0 ? -1 : count * unit }
    topicDefaults.log.retentionMilliseconds =
      retentionMilliseconds ?? retentionMinutes.map { product($0, 60_000) } ?? product(retentionHours, 3_600_000)
    topicDefaults.log.segmentMilliseconds = rollMilliseconds ?? product(rollHours, 3_600_000)
    topicDefaults.log.producerIDExpirationMilliseconds = producerIDExpirationMilliseconds
  }

  /// A topic's settings, with what it says itself over what the broker says.
  func topicConfiguration(overrides: [String: String]) throws(SettingError) -> TopicConfiguration {
    var configuration = topicDefaults
    for (name, text) in overrides {
      let setting = try TopicSetting.named(name)
      switch setting.kind.parse(text) {
      case .success(let value): setting.apply(&configuration, value)
      case .failure(let fault): throw SettingError(name: name, problem: fault.problem)
      }
    }
    return configuration
  }

  /// As `topicConfiguration`, for settings that a topic is to get: those that contradict each other are refused.
  func newTopicConfiguration(overrides: [String: String]) throws(SettingError) -> TopicConfiguration {
    let configuration = try topicConfiguration(overrides: overrides)
    let log = configuration.log
    guard log.minimumCompactionLagMilliseconds <= log.maximumCompactionLagMilliseconds else {
      throw SettingError(
        name: "min.compaction.lag.ms",
        problem: "\(log.minimumCompactionLagMilliseconds) is more than max.compaction.lag.ms, which is "
          + "\(log.maximumCompactionLagMilliseconds)")
    }
    return configuration
  }
}
