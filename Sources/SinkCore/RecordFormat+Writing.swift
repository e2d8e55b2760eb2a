import Base
import Records

extension RecordFormat {
  /// Adds the record to `output`.
  package func append(_ record: RecordView, of partition: TopicPartition, to output: inout [UInt8]) {
    switch self {
    case .text:
      guard let value = record.value else { return }
      output.append(contentsOf: value)
      output.append(UInt8(ascii: "\n"))
    case .json:
      output.append(contentsOf: #"{"topic":"#.utf8)
      JSONText.append(partition.topic, to: &output)
      output.append(contentsOf: #","partition":\#(partition.partition),"offset":\#(record.offset)"#.utf8)
      output.append(contentsOf: #","timestamp":\#(record.timestamp),"#.utf8)
      JSONText.append("key", record.key, to: &output)
      output.append(contentsOf: #","headers":{"#.utf8)
      Self.append(record.headers, to: &output)
      output.append(contentsOf: "},".utf8)
      JSONText.append("value", record.value, to: &output)
      output.append(contentsOf: "}\n".utf8)
    }
  }

  /// Of headers with the same key the last counts, as everywhere.
  private static func append(_ headers: RecordHeadersView, to output: inout [UInt8]) {
    var isFirst = true
    for (index, header) in headers.enumerated() {
      let isRepeated = headers.dropFirst(index + 1).contains { $0.key.elementsEqual(header.key) }
      if isRepeated { continue }
      if !isFirst { output.append(UInt8(ascii: ",")) }
      isFirst = false
      JSONText.append(String(decoding: header.key, as: UTF8.self), header.value, to: &output)
    }
  }
}
