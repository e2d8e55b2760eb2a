import Base
import BrokerCore
import KafkaProtocol
import NIOCore
import TestKit
import Testing

/// docs/PROTOCOL.md says what the broker does.
@Suite struct ProtocolDocumentTests {
  private struct Row: Hashable {
    var key: Int16
    var name: String
    var versions: String
    var shown: String
  }

  private static func words(_ range: ClosedRange<Int16>?) -> String {
    guard let range else { return "none" }
    return range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)–\(range.upperBound)"
  }

  /// The rows of its table.
  private func written() throws -> [Row] {
    let repository = #filePath.parentDirectory.parentDirectory.parentDirectory
    let text = String(decoding: try TestFiles("\(repository)/docs").bytes("PROTOCOL.md"), as: UTF8.self)
    return text.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).map { cell in
        String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      }
      guard cells.count == 8, let key = Int16(cells[1]) else { return nil }
      return Row(key: key, name: cells[2], versions: cells[3], shown: cells[4])
    }
  }

  /// Whether the broker answers a request of this API in this version with all fields at their defaults.
  private func isServed<Request: RequestMessage>(_ type: Request.Type, _ version: Int16) throws -> Bool {
    let test = try TestBroker()
    let id = try test.start(Request(), version: version)
    if case .closed = test.answers[id] { return false }
    return true
  }

  @Test func theTableIsTrue() throws {
    let test = try TestBroker()
    let shown = Dictionary(
      uniqueKeysWithValues: try test.send(ApiVersionsRequest(), version: 0).apiKeys.map {
        ($0.apiKey, $0.minVersion...$0.maxVersion)
      })
    var expected: [Row] = []
    for request in ApiKey.requests {
      let key = request.key
      let served = try request.versions.filter { try isServed(request, $0) }
      #expect(served == Array(request.versions), "\(key)")
      expected.append(
        Row(
          key: key.rawValue, name: key.description, versions: Self.words(request.versions),
          shown: Self.words(shown[key.rawValue])))
    }
    let rows = try written()
    for row in expected where !rows.contains(row) {
      Issue.record("docs/PROTOCOL.md does not say: | \(row.key) | \(row.name) | \(row.versions) | \(row.shown) |")
    }
    for row in rows where !expected.contains(row) {
      Issue.record(
        "docs/PROTOCOL.md says: | \(row.key) | \(row.name) | \(row.versions) | \(row.shown) |, which is not so")
    }
    #expect(Set(shown.keys).isSubset(of: rows.map(\.key)))
    #expect(rows.map(\.key) == rows.map(\.key).sorted() && Set(rows.map(\.key)).count == rows.count)
  }
}
