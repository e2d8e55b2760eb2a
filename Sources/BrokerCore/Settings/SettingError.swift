/// Why a setting is refused.
public struct SettingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Kafka's name of it.
  public var name: String
  public var problem: String
  /// A known name that was probably meant.
  public var nearest: String?

  public var description: String {
    "\(name): \(problem)" + (nearest.map { "; did you mean \($0)?" } ?? "")
  }

  static func unknown(_ name: String, among known: some Sequence<String>, what: String) -> SettingError {
    SettingError(name: name, problem: "there is no such \(what)", nearest: NearestName.of(name, among: known))
  }
}
