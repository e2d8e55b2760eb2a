import Base
import Records
import Testing
import Tool

@Suite struct RecordTemplateTests {
  private func print(_ template: String, forTerminal: Bool = false) throws -> String {
    var headers = RecordHeaders(["host": "first", "n": "1", "host": "web\u{1B}"])
    headers.append(key: "null", value: [UInt8]?.none)
    var builder = RecordBatchBuilder()
    try Array("k\r".utf8).withUnsafeBytes { key in
      try Array("some value".utf8).withUnsafeBytes { value in
        try builder.append(key: key, value: value, headers: headers, timestamp: 1_795_497_449_250)
      }
    }
    try builder.append(
      key: UnsafeRawBufferPointer?.none, value: UnsafeRawBufferPointer?.none, timestamp: 1_795_497_449_250)
    let batch = try builder.build(.none, with: Compressor())
    let parsed = try RecordTemplate(template)
    var output: [UInt8] = []
    try batch.withUnsafeBytes { bytes in
      var reader = RecordBatchReader(bytes)
      let slice = try #require(try reader.next())
      var records = try RecordBatchDecoder().records(of: slice)
      while let record = try records.next() {
        parsed.append(record, of: TopicPartition("t", 3), forTerminal: forTerminal, to: &output)
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  @Test func fillsItsFields() throws {
    #expect(try print("{topic}-{partition} {offset} {key}={value}\\n") == "t-3 0 k\r=some value\nt-3 1 =\n")
    #expect(try print("{time} {timestamp};").hasPrefix("2026-11-24T05:17:29.250Z 1795497449250;"))
    #expect(try print("{headers};") == "host=first,n=1,host=web\u{1B},null=;;")
    #expect(try print("{header.host}|{header.n}|{header.none}|{header.null};") == "web\u{1B}|1||;|||;")
    #expect(try print("{{é}}\\t\\0\\\\;") == "{é}\t\0\\;{é}\t\0\\;")
    #expect(try print("") == "")
  }

  @Test func showsControlCharactersOnTerminals() throws {
    #expect(try print("{key}{header.host}\\n", forTerminal: true) == "k\\x0dweb\\x1b\n\n")
  }

  @Test(arguments: ["{", "{topic", "{nothing}", "{}", "}", "{header.}", "\\x", "\\"])
  func refusesOthers(template: String) {
    let error = #expect(throws: ToolFailure.self) { try RecordTemplate(template) }
    #expect(error?.status == .usage)
  }
}
