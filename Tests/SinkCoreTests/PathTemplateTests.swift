import Base
import Records
import SinkCore
import Testing

@Suite struct PathTemplateTests {
  private let partition = TopicPartition("nginx", 3)

  private func path(
    _ template: String, key: String? = nil, _ headers: KeyValuePairs<String, String> = [:],
    timestamp: Int64 = 1_700_000_000_000
  ) throws -> String {
    let template = try PathTemplate(template)
    return try withRecord(
      key: key.map { Array($0.utf8) }, value: [], headers: RecordHeaders(headers), timestamp: timestamp
    ) { template.path(of: $0, of: partition) }
  }

  @Test func placeholdersTakeWhatTheRecordSays() throws {
    let path = try path(
      "/srv/{topic}-{partition}/{host}/{date}/{source}/{basename}/{path}/{key}/{header.unit}{{}}", key: "k",
      ["host": "web1", "source": "file", "path": "/var/log/nginx/access.log", "unit": "nginx.service"])
    #expect(
      path
        == "/srv/nginx-3/web1/2023-11-14/file/access.log/_var_log_nginx_access.log/k/nginx.service{}")
  }

  @Test func whatIsMissingIsAnUnderscore() throws {
    #expect(try path("/a/{host}/{key}/{basename}") == "/a/_/_/_")
    #expect(try path("/a/{host}.log", ["host": ""]) == "/a/_.log")
    #expect(try path("/a/{date}", timestamp: -1) == "/a/_")
    #expect(try path("/a/{basename}", ["path": "/var/log/"]) == "/a/_")
    // Entries of the journal have no path.
    #expect(try path("/a/{basename}", ["source": "journal", "unit": "ssh.service"]) == "/a/journal")
    #expect(try path("/a/{basename}", ["source": "logs", "path": "/var/log/a.log"]) == "/a/a.log")
  }

  @Test(arguments: [
    ("..", "_."), (".", "_"), ("../../etc/passwd", "_._.._etc_passwd"), ("/etc/passwd", "_etc_passwd"), ("a/b", "a_b"),
    ("a\0b", "a_b"), ("a\nb\u{7F}\u{9F}", "a_b__"), (".bash_history", "_bash_history"), ("a..b", "a..b"), ("ü", "ü"),
    (" ", " "), ("{host}", "{host}"),
  ])
  func aValueStaysWithinItsPlace(_ value: String, _ expected: String) throws {
    #expect(try path("/logs/{host}/x", ["host": value]) == "/logs/\(expected)/x")
    #expect(try path("/logs/{key}", key: value) == "/logs/\(expected)")
  }

  @Test func noMixtureOfValuesMakesAParent() throws {
    #expect(try path("/logs/{host}{key}/x", key: ".", ["host": "."]) == "/logs/__/x")
    #expect(try path("/logs/.{host}/x", ["host": "."]) == "/logs/._/x")
  }

  @Test func longValuesAreCutBetweenCharacters() throws {
    let long = String(repeating: "é", count: 500)
    #expect(try path("/a/{host}", ["host": long]) == "/a/" + String(repeating: "é", count: 64))
    let mixed = try path("/a/{host}{key}{host}/b", key: long, ["host": "x" + long])
    #expect(mixed.split(separator: "/").map(\.utf8.count) == [1, 239, 1])
  }

  @Test func bytesThatAreNoTextAreReplaced() throws {
    let template = try PathTemplate("/a/{key}")
    let path = try withRecord(key: [0x66, 0xFF, 0x66], value: []) { template.path(of: $0, of: partition) }
    #expect(path == "/a/f\u{FFFD}f")
  }

  @Test func mistakesAreNamed() {
    let cases: [(String, PathTemplateError)] = [
      ("logs/{host}", .relative), ("", .relative), ("/logs/{hots}", .unknownPlaceholder("hots")),
      ("/logs/{header.}", .unknownPlaceholder("header.")), ("/logs/{host", .unclosedBrace),
      ("/logs/host}", .strayBrace),
      ("/logs/../{host}", .parentDirectory), ("/logs/{host}/", .endsInDirectory), ("/logs/\n", .controlCharacter),
      (String(repeating: "/{host}", count: 17), .tooManyParts),
    ]
    for (text, expected) in cases {
      #expect(throws: expected) { try PathTemplate(text) }
    }
    #expect(PathTemplateError.unknownPlaceholder("hots").description.contains("{hots}"))
  }

  /// Records with the same identity must have the same path, and the other way about but for sanitized values.
  @Test func identitiesTellFilesApart() throws {
    let template = try PathTemplate("/{host}/{key}/{date}/{partition}")
    func identity(_ host: String?, _ key: String?, _ timestamp: Int64 = 0, _ partition: Int32 = 0) throws -> [UInt8] {
      var headers = RecordHeaders()
      if let host { headers.append(key: "host", value: Array(host.utf8)) }
      return try withRecord(
        key: key.map { Array($0.utf8) }, value: [], headers: headers, timestamp: timestamp
      ) { record in
        var identity: [UInt8] = [1, 2, 3]
        template.identify(record, of: TopicPartition("t", partition), in: &identity)
        return identity
      }
    }
    #expect(try identity("ab", "c") == identity("ab", "c", 86_399_999))
    #expect(try identity("ab", "c") != identity("a", "bc"))
    #expect(try identity("ab", "c") != identity("ab", "c", 86_400_000))
    #expect(try identity("ab", "c") != identity("ab", "c", 0, 1))
    #expect(try identity("ab", "c") != identity("ab", "d"))
    // Values that hold what looks like a size.
    #expect(try identity("a", "b\u{6}\0\0\0c") != identity("a\u{1}\0\0\0b", "c"))
    #expect(try identity("a\u{1}\0\0\0c", "b") != identity("a", "c\u{1}\0\0\0b"))
  }
}
