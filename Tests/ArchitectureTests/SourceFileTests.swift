import Testing

@Suite struct SourceFileTests {
  private func words(_ text: String) -> [String] {
    SourceFile(path: "Sources/M/F.swift", text: Array(text.utf8)).words.map(\.text)
  }

  @Test func leavesOutCommentsAndTexts() {
    #expect(words("let a // async\n/* Task /* await */ Task */ b") == ["let", "a", "b"])
    #expect(words(#"f("Task \" async \\", x)"#) == ["f", "x"])
    #expect(words("\"\"\"\nTask \" async\n\"\"\" + y") == ["y"])
    #expect(words(##"#"Task " \(async) \#(z) "# + y"##) == ["z", "y"])
  }

  @Test func seesCodeInTexts() {
    #expect(words(#"f("a \(g("b \(await h("c"))")) d") + Task"#) == ["f", "g", "await", "h", "Task"])
  }

  @Test func findsImports() {
    let file = SourceFile(
      path: "Sources/M/F.swift",
      text: Array("// import A\n@preconcurrency import B\npublic import struct C.D\nlet x = \"import E\"\n".utf8))
    #expect(file.imports.map(\.module) == ["B", "C"])
    #expect(file.imports.map(\.line) == [2, 3])
  }

  @Test func findsArguments() {
    let file = SourceFile(path: "Sources/M/F.swift", text: Array("a.random(in: f(0), using: &r).shuffled()".utf8))
    #expect(file.words.first { $0.text == "random" }?.arguments == "in: f(0), using: &r")
    #expect(file.words.first { $0.text == "shuffled" }?.arguments == "")
  }
}
