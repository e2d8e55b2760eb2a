/// A program to run, and how its output is shown.
public struct ChildProgram: Sendable, Hashable {
  /// Where what it prints to its standard output goes; its errors always go to the parent's.
  public enum Destination: Sendable, Hashable {
    case standardOutput
    case standardError
  }

  /// Short: `broker`. Stands before each of its lines.
  public var name: String
  public var path: String
  public var arguments: [String]
  /// Added to the parent's environment.
  public var environment: [String: String]
  public var output: Destination
  /// Number of a colour for its name (ECMA-48, 30 to 37 and 90 to 97).
  public var colour: Int

  public init(
    name: String, path: String, arguments: [String] = [], environment: [String: String] = [:],
    output: Destination = .standardError, colour: Int
  ) {
    self.name = name
    self.path = path
    self.arguments = arguments
    self.environment = environment
    self.output = output
    self.colour = colour
  }
}
