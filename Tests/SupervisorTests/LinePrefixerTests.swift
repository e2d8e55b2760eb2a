import Supervisor
import Testing

@Suite struct LinePrefixerTests {
  private func relay(_ chunks: [String], forTerminal: Bool = false) -> (output: String, observed: [String]) {
    var prefixer = LinePrefixer(prefix: "a | ", forTerminal: forTerminal)
    var output: [UInt8] = []
    var observed: [String] = []
    for chunk in chunks {
      Array(chunk.utf8).withUnsafeBytes { bytes in
        prefixer.take(bytes, into: &output) { observed.append(String(decoding: $0, as: UTF8.self)) }
      }
    }
    prefixer.finish(into: &output) { observed.append(String(decoding: $0, as: UTF8.self)) }
    return (String(decoding: output, as: UTF8.self), observed)
  }

  @Test func putsAPrefixBeforeEachLine() {
    #expect(relay(["x\n\nlong", "er\ny", "\nlast"]).output == "a | x\na | \na | longer\na | y\na | last\n")
    #expect(relay(["x\n", "y\n"]).observed == ["x", "y"])
    #expect(relay([]).output == "")
  }

  @Test func showsControlCharactersOnTerminals() {
    #expect(relay(["a\u{1B}[2J\tb\u{9B}é\r\n"], forTerminal: true).output == "a | a\\x1b[2J\tb\\x9bé\\x0d\n")
    #expect(relay(["a\u{1B}[2J\n"]).output == "a | a\u{1B}[2J\n")
  }

  @Test func boundsALine() {
    let piece = String(repeating: "x", count: LinePrefixer.lineLimit / 2)
    let (output, observed) = relay([piece, piece, "y\n"])
    #expect(observed.count == 2)
    #expect(output.hasSuffix("x\na | y\n"))
  }

  @Test func remembersTheLastLines() {
    var recent = RecentLines()
    for number in 0..<20 { Array("\(number)".utf8).withUnsafeBytes { recent.append($0) } }
    #expect(recent.lines == (12..<20).map { "\($0)" })
    Array(String(repeating: "y", count: 10_000).utf8).withUnsafeBytes { recent.append($0) }
    #expect(recent.lines.last?.utf8.count ?? 0 < 600)
  }
}
