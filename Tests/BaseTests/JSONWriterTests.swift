import Base
import Testing

@Suite struct JSONWriterTests {
  @Test func writesNestedValues() {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("a")
    writer.number(-1)
    writer.key("b")
    writer.beginArray()
    writer.string("x")
    writer.boolean(true)
    writer.null()
    writer.beginObject()
    writer.endObject()
    writer.beginArray()
    writer.endArray()
    writer.number(1.5)
    writer.number(Double.infinity)
    writer.endArray()
    writer.key("c")
    writer.number(UInt64.max)
    writer.endObject()
    writer.endLine()
    writer.number(2)
    #expect(writer.text == #"{"a":-1,"b":["x",true,null,{},[],1.5,null],"c":18446744073709551615}"# + "\n2")
    writer.removeAll()
    writer.null()
    #expect(writer.text == "null")
  }

  @Test func escapesWhatMustBe() {
    var writer = JSONWriter()
    writer.string("tab\t \"q\" back\\slash\r\n\u{1}\u{7F} é 😀 /")
    #expect(writer.text == #""tab\t \"q\" back\\slash\r\n\u0001\u007f é 😀 /""#)
  }

  @Test(
    arguments: [
      ([0x61, 0xFF, 0x62], "\"a\u{FFFD}b\""), ([0xC3], "\"\u{FFFD}\""), ([], "\"\""), ([0x22], #""\"""#),
    ] as [([UInt8], String)])
  func repairsForeignBytes(bytes: [UInt8], expected: String) {
    var writer = JSONWriter()
    bytes.withUnsafeBytes { writer.string(utf8: $0) }
    #expect(writer.text == expected)
    writer.removeAll()
    bytes.withUnsafeBytes { writer.key(utf8: $0) }
    #expect(writer.text == expected + ":")
  }
}
