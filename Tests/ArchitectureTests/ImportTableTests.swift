import Testing

/// The walls of the house, held against its sources.
@Suite struct ImportTableTests {
  private static let sources = SourceFile.all(in: "Sources")

  private var pureSources: [SourceFile] {
    // What only tests call may wait and look at the clock.
    Self.sources.filter { LayerTable.ranks[$0.module, default: 0] <= LayerTable.lastPureRank && $0.module != "TestKit" }
  }

  @Test func findsTheSources() {
    #expect(Self.sources.count > 20)
    #expect(SourceFile.all(in: "Tests").contains { $0.path == "Tests/ArchitectureTests/ImportTableTests.swift" })
  }

  @Test func eachModuleHasALayer() {
    for module in Set(Self.sources.map(\.module)) {
      #expect(LayerTable.ranks[module] != nil, "give \(module) a rank in LayerTable")
    }
  }

  @Test func importsGoDownward() {
    for file in Self.sources {
      let rank = LayerTable.ranks[file.module, default: 0]
      for (imported, line) in file.imports {
        if let below = LayerTable.ranks[imported] {
          #expect(below < rank, "\(file.path):\(line): \(file.module) may not import \(imported)")
          #expect(
            !LayerTable.testModules.contains(imported) || LayerTable.testModules.contains(file.module),
            "\(file.path):\(line): \(imported) is for tests")
        } else {
          #expect(
            LayerTable.external[imported]?(file.module) == true,
            "\(file.path):\(line): \(file.module) may not import \(imported)")
        }
      }
    }
  }

  @Test func pureModulesKnowNoThreadsClocksOrSockets() {
    for file in pureSources {
      for word in file.words where LayerTable.impureWords.contains(word.text) && word.before != UInt8(ascii: ".") {
        Issue.record("\(file.path):\(word.line): \(word.text) has no place in \(file.module)")
      }
    }
  }

  @Test func pureModulesDrawOnlySeededRandomness() {
    for file in pureSources {
      for word in file.words where LayerTable.randomCalls.contains(word.text) && word.before == UInt8(ascii: ".") {
        guard let arguments = word.arguments else { continue }
        #expect(arguments.contains("using:"), "\(file.path):\(word.line): \(word.text) needs `using:`")
      }
    }
  }

  @Test func librariesDoNotPrint() {
    // What only tests use may tell its seeds.
    let libraries = Self.sources.filter { file in
      LayerTable.ranks[file.module, default: 0] < LayerTable.executableRank
        && !LayerTable.testModules.contains(file.module)
    }
    for file in libraries {
      for word in file.words where word.text == "print" && word.arguments != nil && word.before != UInt8(ascii: ".") {
        Issue.record("\(file.path):\(word.line): libraries return what they have to say, or log it")
      }
    }
  }

  @Test func filesStaySmall() {
    for file in Self.sources + SourceFile.all(in: "Tests") {
      #expect(file.lineCount <= 700, "\(file.path) has \(file.lineCount) lines")
    }
  }
}
