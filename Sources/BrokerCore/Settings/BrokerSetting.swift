/// One setting of the broker: its name, what it may be, and what it does to `BrokerSettings`.
public struct BrokerSetting: Sendable {
  public let name: String
  public let kind: SettingKind
  /// nil where there is none unless it is set.
  public let standard: String?
  public let documentation: String
  /// Whether it may be changed while the broker runs.
  public let isDynamic: Bool
  let apply: @Sendable (inout BrokerSettings, SettingValue) -> Void

  static func number(
    _ name: String, _ path: WritableKeyPath<BrokerSettings, Int64> & Sendable, in range: ClosedRange<Int64>,
    _ standard: Int64?, isDynamic: Bool = false, isInt: Bool = false, _ documentation: String
  ) -> BrokerSetting {
    BrokerSetting(
      name: name, kind: isInt ? .int(range) : .long(range), standard: standard.map { String($0) },
      documentation: documentation, isDynamic: isDynamic
    ) { settings, value in
      if case .number(let number) = value { settings[keyPath: path] = number }
    }
  }

  static func boolean(
    _ name: String, _ path: WritableKeyPath<BrokerSettings, Bool> & Sendable, _ standard: Bool,
    isDynamic: Bool = false, _ documentation: String
  ) -> BrokerSetting {
    BrokerSetting(
      name: name, kind: .boolean, standard: String(standard), documentation: documentation, isDynamic: isDynamic
    ) { settings, value in
      if case .boolean(let flag) = value { settings[keyPath: path] = flag }
    }
  }

  static func text(
    _ name: String, _ kind: SettingKind, _ standard: String?, isDynamic: Bool = false, _ documentation: String,
    _ apply: @escaping @Sendable (inout BrokerSettings, String) -> Void
  ) -> BrokerSetting {
    BrokerSetting(
      name: name, kind: kind, standard: standard, documentation: documentation, isDynamic: isDynamic
    ) { settings, value in
      if case .text(let text) = value { apply(&settings, text) }
      if case .list(let words) = value { apply(&settings, words.joined(separator: ",")) }
    }
  }
}
