import Base
import ClientCore
import Records
import SinkCore

/// Prints fetched records to stdout, up to a number of them.
public struct RecordPrinter {
  public enum Format: Sendable {
    case template(RecordTemplate)
    /// One JSON object on a line, as the sink writes them.
    case json
  }

  private static let outputSize = 256 << 10

  private let format: Format
  private let forTerminal: Bool
  private let decoder = RecordBatchDecoder()
  private var remaining: Int?
  private var output: [UInt8] = []

  /// - Parameter limit: nil: no limit.
  public init(_ format: Format, limit: Int?, forTerminal: Bool) {
    self.format = format
    self.forTerminal = forTerminal
    remaining = limit
  }

  /// Whether as many were printed as were asked for.
  public var isDone: Bool { remaining == 0 }

  /// Prints a run.
  ///
  /// - Returns: the offset behind the last record printed, or behind the run.
  public mutating func write(_ run: FetchedRecords) throws(ToolFailure) -> Int64 {
    var next: Int64?
    var damage: [RecordBatchError] = []
    try run.forEach(with: decoder, damaged: { damage.append($0) }) { record throws(ToolFailure) in
      if remaining == 0 { return }
      append(record, of: run.partition)
      if let count = remaining {
        remaining = count - 1
        if count == 1 { next = record.offset &+ 1 }
      }
      if output.count >= Self.outputSize { try flush() }
    }
    try flush()
    for error in damage { StandardOutput.tell("splashdam: \(run.partition): \(error); stepped over") }
    return next ?? run.nextOffset
  }

  private mutating func flush() throws(ToolFailure) {
    try StandardOutput.write(output)
    output.removeAll(keepingCapacity: true)
  }

  private mutating func append(_ record: RecordView, of partition: TopicPartition) {
    switch format {
    case .template(let template):
      template.append(record, of: partition, forTerminal: forTerminal, to: &output)
    case .json: RecordFormat.json.append(record, of: partition, to: &output)
    }
  }
}
