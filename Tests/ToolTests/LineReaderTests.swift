import Glibc
import Testing
import Tool

@Suite struct LineReaderTests {
  /// What the reader makes of `input`, which a pipe hands over in pieces.
  private func lines(_ input: [UInt8], limit: Int) throws -> [String] {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    try #require(input.count <= 60_000, "it has to fit into the pipe")
    try #require(write(ends[1], input, input.count) == input.count)
    close(ends[1])
    var reader = LineReader(descriptor: ends[0], limit: limit)
    var lines: [String] = []
    while let line = try reader.next() {
      switch line {
      case .bytes(let range): lines.append(reader.withBytes(range) { String(decoding: $0, as: UTF8.self) })
      case .tooLong(let length): lines.append("<\(length)>")
      }
    }
    return lines
  }

  @Test func cutsLines() throws {
    #expect(try lines(Array("a\n\nb\r\nlast".utf8), limit: 10) == ["a", "", "b\r", "last"])
    #expect(try lines(Array("a\n".utf8), limit: 10) == ["a"])
    #expect(try lines([], limit: 10) == [])
  }

  @Test func skipsLinesThatAreTooLong() throws {
    #expect(try lines(Array("1234567890\n12345678901\nnext\n".utf8), limit: 10) == ["1234567890", "<11>", "next"])
    #expect(try lines(Array("12345678901".utf8), limit: 10) == ["<11>"])
  }

  @Test func readsFilesLargerThanItsMemory() throws {
    let stream = try #require(tmpfile())
    defer { fclose(stream) }
    let file = fileno(stream)
    var expected: [Int] = []
    var content: [UInt8] = []
    for number in 0..<3000 {
      let length = number * 7919 % 1500
      expected.append(length)
      content += [UInt8](repeating: 0x78, count: length) + [0x0A]
    }
    content += [UInt8](repeating: 0x79, count: 700_000) + [0x0A] + Array("end".utf8)
    try #require(write(file, content, content.count) == content.count)
    lseek(file, 0, SEEK_SET)
    var reader = LineReader(descriptor: file, limit: 1000)
    var lengths: [Int] = []
    while let line = try reader.next() {
      switch line {
      case .bytes(let range): lengths.append(range.count)
      case .tooLong(let length): lengths.append(-length)
      }
    }
    #expect(lengths == expected.map { $0 > 1000 ? -$0 : $0 } + [-700_000, 3])
  }

  @Test func tellsWhatCannotBeRead() {
    #expect(throws: ToolFailure.self) {
      var reader = LineReader(descriptor: -1, limit: 10)
      _ = try reader.next()
    }
  }

  @Test func splitsKeys() throws {
    func split(_ line: String, at separator: String) -> [String]? {
      Array(line.utf8).withUnsafeBytes { bytes in
        KeySeparator(separator)?.split(bytes).map {
          [String(decoding: $0.key, as: UTF8.self), String(decoding: $0.value, as: UTF8.self)]
        }
      }
    }
    #expect(split("a:b:c", at: ":") == ["a", "b:c"])
    #expect(split(":", at: ":") == ["", ""])
    #expect(split("a=::b", at: "::") == ["a=", "b"])
    #expect(split("a:b::c", at: "::") == ["a:b", "c"])
    #expect(split("a\tb", at: "\\t") == ["a", "b"])
    #expect(split("ab:", at: "::") == nil)
    #expect(split("", at: ":") == nil)
    #expect(KeySeparator("") == nil)
  }
}
