/// One config as a broker tells it.
public struct ConfigEntry: Sendable, Hashable {
  public enum Source: Int8, Sendable, Hashable {
    case unknown = 0
    case topic = 1
    case dynamicBroker = 2
    case dynamicDefaultBroker = 3
    case staticBroker = 4
    case defaults = 5
  }

  public var name: String
  /// nil: none, or it is secret.
  public var value: String?
  public var source: Source
  public var isReadOnly: Bool
  public var isSensitive: Bool

  package init(name: String, value: String?, source: Source, isReadOnly: Bool, isSensitive: Bool) {
    self.name = name
    self.value = value
    self.source = source
    self.isReadOnly = isReadOnly
    self.isSensitive = isSensitive
  }
}
