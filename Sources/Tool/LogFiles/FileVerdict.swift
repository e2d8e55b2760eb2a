import Base
import Daemon

/// What looking at one file of a stopped broker found.
public struct FileVerdict: Sendable, Hashable {
  public var path: String
  /// What it holds, in a few words.
  public var summary: String
  /// What is wrong with it; none: nothing.
  public var flaws: [String]

  public var isDamaged: Bool { !flaws.isEmpty }

  /// A line, and one more for each further flaw.
  public func text(for terminal: Terminal) -> String {
    guard isDamaged else { return "ok       \(path)  \(summary)\n" }
    return flaws.map { "\(terminal.styled("damaged", "31"))  \(path)  \($0.visible)\n" }.joined()
  }

  /// One JSON object on a line.
  public func appendJSON(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("file")
    writer.string(path)
    writer.key("damaged")
    writer.boolean(isDamaged)
    writer.key("summary")
    writer.string(summary)
    writer.key("flaws")
    writer.beginArray()
    for flaw in flaws { writer.string(flaw) }
    writer.endArray()
    writer.endObject()
    writer.endLine()
  }
}
