/// Where a configured value was written.
public enum ConfigurationOrigin: Sendable, Hashable, CustomStringConvertible {
  /// `line` and `column` count from 1.
  case file(String, line: Int, column: Int)
  /// All of a file.
  case document(String)
  /// The variable's name.
  case environment(String)
  /// An option of the command line, as the person would recognize it: `--set num.partitions=x`.
  case option(String)

  public var description: String {
    switch self {
    case .file(let name, let line, _): "\(name):\(line)"
    case .document(let name): name
    case .environment(let variable): "environment variable \(variable)"
    case .option(let option): "option \(option)"
    }
  }
}
