import AgentCore
import Base
import Testing

@Suite struct GlobPatternTests {
  @Test(arguments: [
    ("/var/log/*.log", "/var/log/a.log", true),
    ("/var/log/*.log", "/var/log/.a.log", false),
    ("/var/log/*.log", "/var/log/x/a.log", false),
    ("/var/log/.*", "/var/log/.a", true),
    ("/var/*/a?c", "/var/log/abc", true),
    ("/var/*/a?c", "/var/log/ac", false),
    ("/v/[a-c]x[!0-9]", "/v/bxy", true),
    ("/v/[a-c]x[!0-9]", "/v/bx1", false),
    ("/v/[]x]", "/v/]", true),
    ("/v/[a-]", "/v/-", true),
    ("/v/\\*", "/v/*", true),
    ("/v/\\*", "/v/a", false),
    ("/v/**/a.log", "/v/a.log", true),
    ("/v/**/a.log", "/v/x/y/a.log", true),
    ("/v/**/a.log", "/v/.x/a.log", false),
    ("/v/**", "/v/x/y", true),
    ("/v/a*b*c", "/v/a1b2b3c", true),
    ("/v/a*b*c", "/v/a1b2b3", false),
    ("/v/ü?", "/v/üß", true),
    ("//v//x", "/v/x", true),
  ])
  func matches(pattern: String, path: String, expected: Bool) throws {
    #expect(try GlobPattern(pattern).matches(path) == expected)
  }

  @Test(arguments: [
    ("var/log/*", GlobError.notAbsolute), ("/v/[a", .unclosedBracket), ("/v/[b-a]", .emptyRange), ("/v/", .noFileName),
    ("/", .noFileName), ("/v/a\\", .trailingBackslash),
    ("/" + String(repeating: "x", count: 5000), .tooLong(limit: 4096)),
  ])
  func refuses(pattern: String, expected: GlobError) {
    #expect(throws: expected) { try GlobPattern(pattern) }
  }

  @Test func takesNoTimeForManyStars() throws {
    let pattern = try GlobPattern("/" + String(repeating: "*a", count: 1000) + "b")
    #expect(!pattern.matches("/" + String(repeating: "a", count: 250)))
  }

  @Test func expands() throws {
    let files = MemoryFiles()
    for path in ["/v/a.log", "/v/b.txt", "/v/x/c.log", "/v/x/y/d.log", "/v/.h/e.log", "/w/f.log"] {
      files.append(path, "x\n")
    }
    func found(_ include: [String], exclude: [String] = []) throws -> [String] {
      var tail = Tail(files, try Tail.settings(include, exclude: exclude))
      tail.run()
      return tail.sink.records.map(\.path)
    }
    #expect(try found(["/v/*.log"]) == ["/v/a.log"])
    #expect(try found(["/v/**/*.log"]) == ["/v/a.log", "/v/x/c.log", "/v/x/y/d.log"])
    #expect(
      try found(["/*/*.log", "/v/**"], exclude: ["/**/*.txt", "/w/*"]) == ["/v/a.log", "/v/x/c.log", "/v/x/y/d.log"])
    #expect(try found(["/v/b.txt", "/none/*", "/v/a.log/x"]) == ["/v/b.txt"])
    var tail = Tail(files, try Tail.settings(["/v/*/*.log", "/none/x.log"]))
    tail.run()
    #expect(tail.source.directories == ["/v", "/v/x", "/"])
  }
}
