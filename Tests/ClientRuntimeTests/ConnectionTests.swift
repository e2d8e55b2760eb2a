import Base
import ClientCore
import ClientRuntime
import KafkaProtocol
import NIOCore
import Testing

/// What a client does when the other side is no good broker.
@Suite struct ConnectionTests {
  private func failure(
    timeoutMilliseconds: Int64 = 2_000, _ script: @escaping ScriptedBroker.Script
  ) async throws -> ClientError? {
    let broker = try await ScriptedBroker(script)
    var options = KafkaClientOptions(clientID: "test", randomSeed: 1)
    options.requestTimeoutMilliseconds = 300
    options.connectTimeoutMilliseconds = 300
    let client = KafkaClient(bootstrap: [broker.address], options: options)
    var failure: ClientError?
    do throws(ClientError) {
      try await client.connect(timeoutMilliseconds: timeoutMilliseconds)
    } catch {
      failure = error
      #expect(error.description.contains("\(broker.address)"))
    }
    await client.close()
    try await broker.stop()
    return failure
  }

  @Test func fallsBackToTheOldestApiVersions() async throws {
    let error = try await failure { api, version, correlationID in
      if api == .apiVersions {
        var response = ScriptedBroker.apiVersions([ApiVersionsRequest.self, MetadataRequest.self])
        if version > 0 {
          response.errorCode = .unsupportedVersion
          response.apiKeys = []
        }
        return ScriptedBroker.frame(response, version: 0, correlationID: correlationID)
      }
      return ScriptedBroker.frame(MetadataResponse(), version: version, correlationID: correlationID)
    }
    #expect(error == nil)
  }

  @Test func namesTheApiThatIsMissing() async throws {
    let error = try await failure(timeoutMilliseconds: 300) { _, version, correlationID in
      let response = ScriptedBroker.apiVersions([ApiVersionsRequest.self])
      return ScriptedBroker.frame(response, version: version, correlationID: correlationID)
    }
    #expect(error?.description.contains("Metadata") == true)
    #expect(error?.description.contains("does not have this API") == true)
  }

  @Test func namesWhatIsNotAnsweredInTime() async throws {
    let error = try await failure(timeoutMilliseconds: 800) { _, _, _ in ByteBuffer() }
    #expect(error?.description.contains("no answer within 300 ms") == true)
  }

  @Test func recognisesAnotherProtocol() async throws {
    let error = try await failure(timeoutMilliseconds: 300) { _, _, _ in
      ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\n\r\n")
    }
    #expect(error?.description.contains("malformed") == true)
  }

  @Test func doesNotTakeTheAnswerToAnotherQuestion() async throws {
    let error = try await failure(timeoutMilliseconds: 300) { _, version, correlationID in
      let response = ScriptedBroker.apiVersions([ApiVersionsRequest.self])
      return ScriptedBroker.frame(response, version: version, correlationID: correlationID + 5)
    }
    #expect(error?.description.contains("correlation id") == true)
  }

  @Test func garbageEndsNothingButTheConnection() async throws {
    for seed in UInt64(0)..<20 {
      let error = try await failure(timeoutMilliseconds: 60) { _, _, correlationID in
        var random = SeededRandom(seed: seed &+ UInt64(UInt32(bitPattern: correlationID)))
        var bytes = ByteBuffer()
        let count = Int.random(in: 0...60, using: &random)
        bytes.writeInteger(Int32(count + 4))
        bytes.writeInteger(correlationID)
        for _ in 0..<count { bytes.writeInteger(UInt8.random(in: 0...255, using: &random)) }
        return bytes
      }
      #expect(error != nil, "seed \(seed)")
    }
  }

  @Test(.timeLimit(.minutes(1))) func aClientThatNobodyClosedLeavesNoConnection() async throws {
    let broker = try await ScriptedBroker { api, version, correlationID in
      guard api == .apiVersions else {
        return ScriptedBroker.frame(MetadataResponse(), version: version, correlationID: correlationID)
      }
      let response = ScriptedBroker.apiVersions([ApiVersionsRequest.self, MetadataRequest.self])
      return ScriptedBroker.frame(response, version: version, correlationID: correlationID)
    }
    do {
      let client = KafkaClient(bootstrap: [broker.address], options: KafkaClientOptions(clientID: "test"))
      try await client.connect(timeoutMilliseconds: 10_000)
    }
    await broker.waitForEndOfConnection()
    try await broker.stop()
  }

  @Test func aClosedConnectionIsMadeAgain() async throws {
    let error = try await failure { api, version, correlationID in
      // Every connection ends at its third request, which is the second one for metadata.
      if api == .apiVersions {
        let response = ScriptedBroker.apiVersions([ApiVersionsRequest.self, MetadataRequest.self])
        return ScriptedBroker.frame(response, version: version, correlationID: correlationID)
      }
      return correlationID > 1
        ? nil : ScriptedBroker.frame(MetadataResponse(), version: version, correlationID: correlationID)
    }
    #expect(error == nil)
  }
}
