import Base
import KafkaProtocol
import NIOCore
import Testing

@Suite struct FrameTests {
  private func fetchResponse(_ payloads: [RecordsPayload]) -> FetchResponse {
    var topic = FetchResponse.FetchableTopicResponse()
    topic.topic = "logs"
    topic.partitions = payloads.enumerated().map { index, records in
      var partition = FetchResponse.PartitionData()
      partition.partitionIndex = Int32(index)
      partition.records = records
      return partition
    }
    var response = FetchResponse()
    response.responses = [topic]
    return response
  }

  @Test(arguments: [Int16(4), 11, 12, 16]) func largeRecordsAreNotCopied(version: Int16) throws {
    let large = ByteBuffer(repeating: 7, count: 5000)
    let response = fetchResponse([.bytes(large), .null, .bytes(ByteBuffer(bytes: [1, 2])), .bytes(large)])
    var byName = response
    if version >= 13 { byName.responses[0].topic = "" }
    let frame = try byName.frame(version: version, correlationID: 3)
    #expect(frame.splices.count == 2)
    var whole = try #require(frame.contiguous())
    #expect(whole.readableBytes == frame.byteCount)
    #expect(whole.readInteger(as: Int32.self) == Int32(frame.byteCount - 4))
    #expect(whole.readInteger(as: Int32.self) == 3)
    #expect(try FetchResponse(decodingAfterCorrelationID: whole, version: version) == byName)
  }

  @Test func externalRecordsKeepTheirPlace() throws {
    let frame = try fetchResponse([.external(byteCount: 100, index: 0), .external(byteCount: 50, index: 1)])
      .frame(version: 11, correlationID: 1)
    #expect(frame.contiguous() == nil)
    #expect(frame.byteCount == frame.bytes.readableBytes + 150)
    #expect(frame.bytes.getInteger(at: 0, as: Int32.self) == Int32(frame.byteCount - 4))
    var indexes: [Int] = []
    frame.forEachPiece { if case .external(_, let index) = $0 { indexes.append(index) } }
    #expect(indexes == [0, 1])
  }

  @Test func apiVersionsResponseHasThePlainHeader() throws {
    let frame = try ApiVersionsResponse().frame(version: 3, correlationID: 1)
    #expect(Array(buffer: frame.bytes).hex == "0000000c" + "00000001" + "0000" + "01" + "00000000" + "00")
  }

  @Test func arraysShareABudget() throws {
    var request = MetadataRequest()
    request.topics = (0..<1001).map { _ in MetadataRequest.MetadataRequestTopic() }
    let body = try request.encoded(version: 9)
    #expect(throws: ProtocolError.self) { try MetadataRequest(decoding: body, version: 9, elementLimit: 1000) }
    #expect(try MetadataRequest(decoding: body, version: 9, elementLimit: 1001) == request)
  }

  @Test func aLengthBeyondTheFrameIsRefusedBeforeItIsAllocated() {
    // Two billion topics in a frame of six bytes.
    #expect(throws: ProtocolError.truncated(offset: 4, expected: 0x7FFF_FFFF, available: 2)) {
      try MetadataRequest(decoding: ByteBuffer(bytes: [0x7F, 0xFF, 0xFF, 0xFF, 0, 0]), version: 1)
    }
  }

  @Test func whatLibrdkafkaSendsTooMuchIsOverlooked() throws {
    // As librdkafka 2.16 asks for all topics.
    let body: [UInt8] = [0, 0, 0, 0, 1, 0, 0]
    #expect(try MetadataRequest(decoding: ByteBuffer(bytes: body), version: 13).topics == nil)
    let heartbeat = try HeartbeatRequest().encoded(version: 0)
    #expect(throws: ProtocolError.trailingBytes(1, offset: heartbeat.readableBytes)) {
      try HeartbeatRequest(decoding: ByteBuffer(bytes: Array(buffer: heartbeat) + [0]), version: 0)
    }
  }

  @Test func textsTooLongForTheirLengthFieldAreRefused() {
    var request = HeartbeatRequest()
    request.groupID = String(repeating: "g", count: 40_000)
    #expect(throws: ProtocolError.tooLong(byteCount: 40_000, limit: 32_767)) { try request.encoded(version: 0) }
  }

  @Test func unsupportedVersionsAreRefused() {
    #expect(throws: ProtocolError.unsupportedVersion(99, supported: 0...4)) {
      try HeartbeatRequest(decoding: ByteBuffer(), version: 99)
    }
  }

  @Test func unknownTagsAreSkipped() throws {
    let plain = try HeartbeatRequest().encoded(version: 4)
    var tagged = plain.getSlice(at: 0, length: plain.readableBytes - 1) ?? ByteBuffer()
    tagged.writeBytes([1, 99, 3, 1, 2, 3])
    #expect(try HeartbeatRequest(decoding: tagged, version: 4) == HeartbeatRequest())
  }

  @Test func versionedMessagesFromTheFutureAreRead() throws {
    var subscription = ConsumerProtocolSubscription()
    subscription.topics = ["logs"]
    var bytes = try subscription.encodedWithVersion(3)
    bytes[1] = 9
    bytes += [1, 2, 3]
    #expect(try ConsumerProtocolSubscription(decodingWithVersion: bytes) == subscription)
  }

  @Test func errorCodesHaveKafkasNames() {
    #expect(ErrorCode.unknownTopicOrPartition.description == "UNKNOWN_TOPIC_OR_PARTITION")
    #expect(ErrorCode(rawValue: 999).description == "error 999")
    #expect(ErrorCode.notLeaderOrFollower.isRetriable && !ErrorCode.invalidTopic.isRetriable)
  }
}
