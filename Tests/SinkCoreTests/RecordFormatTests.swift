import Base
import Records
import SinkCore
import Testing

@Suite struct RecordFormatTests {
  private func format(
    _ format: RecordFormat, key: [UInt8]? = nil, value: [UInt8]?, headers: RecordHeaders = .empty
  ) throws -> String {
    try withRecord(offset: 7, key: key, value: value, headers: headers, timestamp: 5) { record in
      var output: [UInt8] = []
      format.append(record, of: TopicPartition("t", 1), to: &output)
      return String(decoding: output, as: UTF8.self)
    }
  }

  @Test func textIsTheValueAndALineEnd() throws {
    #expect(try format(.text, value: Array("a line\r".utf8)) == "a line\r\n")
    #expect(try format(.text, value: []) == "\n")
    #expect(try format(.text, value: nil) == "")
  }

  @Test func jsonHasAllOfTheRecord() throws {
    let headers = RecordHeaders(["host": "old", "path": "/x", "host": "web1"])
    #expect(
      try format(.json, key: Array("k".utf8), value: Array("say \"hi\"\\\t\n\r\u{1}\u{1F}é".utf8), headers: headers)
        == #"{"topic":"t","partition":1,"offset":7,"timestamp":5,"key":"k","headers":{"path":"/x","host":"web1"},"#
        + #""value":"say \"hi\"\\\t\n\r\u0001\u001fé"}"# + "\n")
  }

  @Test func jsonKeepsBytesThatAreNoText() throws {
    var headers = RecordHeaders()
    headers.append(key: "raw", value: [0xFF])
    headers.append(key: "none", value: nil)
    #expect(
      try format(.json, key: nil, value: [0xFF, 0xFE], headers: headers)
        == #"{"topic":"t","partition":1,"offset":7,"timestamp":5,"key":null,"headers":{"raw_base64":"/w==","none":null},"#
        + #""value_base64":"//4="}"# + "\n")
    #expect(try format(.json, value: [0xFF, 0xFE, 0xFD]).hasSuffix(#""value_base64":"//79"}"# + "\n"))
    #expect(try format(.json, value: nil).hasSuffix(#""value":null}"# + "\n"))
  }
}
