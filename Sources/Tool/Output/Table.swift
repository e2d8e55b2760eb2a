import Daemon

/// Rows under headings: with aligned columns and headings on a terminal; elsewhere aligned by spaces too, but without
/// headings, separators and units, so that `awk '{ print $1 }'` finds what it looks for.
public struct Table: Sendable {
  public var headings: [String]
  public private(set) var rows: [[TableCell]] = []

  public init(_ headings: String...) {
    self.headings = headings
  }

  public mutating func append(_ cells: TableCell...) {
    precondition(cells.count == headings.count, "a row has as many cells as the table has columns")
    rows.append(cells)
  }

  /// The whole table, each row with its line end.
  public func text(for terminal: Terminal) -> String {
    let texts = rows.map { row in row.map { $0.text(forPerson: terminal.isTerminal) } }
    let alignsRight = headings.indices.map { column in
      rows.contains { $0[column].alignsRight } && rows.allSatisfy { $0[column].alignsRight || $0[column] == .nothing }
    }
    let widths = headings.indices.map { column in
      max(terminal.isTerminal ? headings[column].count : 0, texts.map { $0[column].count }.max() ?? 0)
    }
    func line(_ cells: [String]) -> String {
      var line = ""
      for column in cells.indices {
        if column > 0 { line += "  " }
        let padding = String(repeating: " ", count: widths[column] - cells[column].count)
        line += alignsRight[column] ? padding + cells[column] : cells[column] + padding
      }
      while line.last == " " { line.removeLast() }
      return line
    }
    var text = terminal.isTerminal ? terminal.styled(line(headings), "1") + "\n" : ""
    for row in texts { text += line(row) + "\n" }
    return text
  }
}
