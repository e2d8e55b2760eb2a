/// What is wrong with a configuration, where, and how to mend it. Programs that meet one print it and exit 78.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
  public var origin: ConfigurationOrigin
  /// The key concerned, as `sources[0].topic`; empty where the whole document is meant.
  public var keyPath: String
  /// What was found, and what was expected instead.
  public var problem: String
  /// What to do about it; nil where `problem` already says so.
  public var remedy: String?

  public init(origin: ConfigurationOrigin, keyPath: String = "", problem: String, remedy: String? = nil) {
    self.origin = origin
    self.keyPath = keyPath
    self.problem = problem
    self.remedy = remedy
  }

  /// `etc/sink.yaml:4: unknown key "toipcs"; did you mean "topics"?`
  public var description: String {
    "\(origin): \(problem)" + (remedy.map { "; \($0)" } ?? "")
  }
}
