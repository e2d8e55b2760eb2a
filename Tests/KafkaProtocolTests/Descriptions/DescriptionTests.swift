import Base
import KafkaProtocol
import NIOCore
import TestKit
import Testing

/// Every message in every version against Kafka's own descriptions of them, which an interpreter of its own writes:
/// what our messages read of its bytes is what it wrote, field by field, and what they write are the same bytes.
@Suite(
  .enabled(
    if: MessageDescription.arePresent,
    "Kafka's descriptions of its messages are looked for in ../shared/protocol beside the repository"))
struct DescriptionTests {
  /// What there may be no description of, or one of older versions only: the descriptions at hand are Kafka 3.9's there.
  private static let newer = ["ConsumerGroupHeartbeat", "ConsumerGroupDescribe", "ConsumerGroupRegularExpression"]

  private static func isNewer(_ name: String) -> Bool { newer.contains { name.hasPrefix($0) } }

  /// Values tried of each version, beside the defaults.
  private static let fills = 12

  private func check<Described: Message>(
    _ type: Described.Type, _ description: MessageDescription, _ version: Int16, _ value: DescribedValue
  ) throws {
    let bytes = try description.bytes(value, version)
    let message = try Described(decoding: ByteBuffer(bytes: bytes), version: version)
    let dump = fieldDump(message)
    var fields: [String: String?] = [:]
    value.dump(at: "", into: &fields)
    for (path, expected) in fields {
      #expect(dump[path] == expected, "\(description.name) v\(version): \(path) of \(bytes.hex)")
    }
    let encoded = Array(buffer: try message.encoded(version: version))
    #expect(encoded.hex == bytes.hex, "\(description.name) v\(version)")
    // What a newer peer says beside is overlooked.
    let strange = try description.bytes(value, version, strangeTag: true)
    #expect(try Described(decoding: ByteBuffer(bytes: strange), version: version) == message)
  }

  private func checkDefaults<Described: Message>(
    _ type: Described.Type, _ description: MessageDescription, _ version: Int16
  ) throws {
    var defaults = DefaultValues()
    let value = try description.value(version, from: &defaults)
    try check(type, description, version, value)
    let bytes = try description.bytes(value, version)
    #expect(
      Array(buffer: try Described().encoded(version: version)).hex == bytes.hex,
      "\(description.name) v\(version): not the defaults")
  }

  @Test func messagesAreAsDescribed() throws {
    var run = FuzzRun("descriptions")
    var found: Set<String> = []
    var versionCount = 0
    var others: [String] = []
    for description in try MessageDescription.all() {
      guard let type = VectorTests.messages[description.name] else {
        others.append(description.name)
        continue
      }
      found.insert(description.name)
      #expect(
        type.versions == description.versions
          || (Self.isNewer(description.name) && type.versions.upperBound > description.versions.upperBound),
        "\(description.name)")
      for version in description.versions.clamped(to: type.versions) {
        versionCount += 1
        try checkDefaults(type, description, version)
        for _ in 0..<Self.fills {
          var source = RandomValues(random: SeededRandom(seed: run.random.next()))
          try check(type, description, version, try description.value(version, from: &source))
        }
      }
    }
    let without = VectorTests.messages.keys.filter { !found.contains($0) && !Self.isNewer($0) }
    #expect(without.isEmpty, "there is no description of \(without.sorted())")
    print(
      "descriptions: \(found.count) messages in \(versionCount) versions; not spoken: \(others.joined(separator: " "))")
  }

  @Test func headersAreAsDescribed() throws {
    let all = try MessageDescription.all()
    let ofRequest = try #require(all.first { $0.name == "RequestHeader" })
    let ofResponse = try #require(all.first { $0.name == "ResponseHeader" })
    for request in ApiKey.requests {
      for version in request.versions {
        for clientID in [nil, "", "client"] as [String?] {
          try check(request, version, clientID, ofRequest, ofResponse)
        }
      }
    }
  }

  private func check<Request: RequestMessage>(
    _ type: Request.Type, _ version: Int16, _ clientID: String?, _ ofRequest: MessageDescription,
    _ ofResponse: MessageDescription
  ) throws {
    let isFlexible = version >= Request.firstFlexibleVersion
    let fields = NamedValues(values: [
      "RequestApiKey": .number(Int64(Request.key.rawValue)), "RequestApiVersion": .number(Int64(version)),
      "CorrelationId": .number(-7), "ClientId": clientID.map { .text($0) } ?? .null,
    ])
    func header(_ description: MessageDescription, _ version: Int16) throws -> [UInt8] {
      var fields = fields
      return try description.bytes(try description.value(version, from: &fields), version)
    }
    func framed(_ body: [UInt8]) -> [UInt8] {
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: body.count >> $0) } + body
    }
    func bytes(_ frame: EncodedFrame) throws -> [UInt8] { Array(buffer: try #require(frame.contiguous())) }
    let request = Request()
    #expect(
      try bytes(request.frame(version: version, correlationID: -7, clientID: clientID))
        == framed(header(ofRequest, isFlexible ? 2 : 1) + Array(buffer: request.encoded(version: version))))
    // The answer to ApiVersions has the oldest header whatever its version, for a client that does not know yet.
    let responseHeader: Int16 = isFlexible && Request.key != .apiVersions ? 1 : 0
    let response = Request.Response()
    #expect(
      try bytes(response.frame(version: version, correlationID: -7))
        == framed(header(ofResponse, responseHeader) + Array(buffer: response.encoded(version: version))))
  }
}
