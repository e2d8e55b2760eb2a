import KafkaProtocol
import NIOCore
import Testing

/// Every message in every version against kafka-python's encoding of it (Tests/Vectors): field by field when it is
/// read, byte by byte when it is written.
@Suite struct VectorTests {
  static let messages: [String: any Message.Type] = {
    var messages: [String: any Message.Type] = [
      "ConsumerProtocolSubscription": ConsumerProtocolSubscription.self,
      "ConsumerProtocolAssignment": ConsumerProtocolAssignment.self,
      "OffsetCommitKey": OffsetCommitKey.self, "OffsetCommitValue": OffsetCommitValue.self,
      "GroupMetadataKey": GroupMetadataKey.self, "GroupMetadataValue": GroupMetadataValue.self,
      "ConsumerGroupMetadataKey": ConsumerGroupMetadataKey.self,
      "ConsumerGroupMetadataValue": ConsumerGroupMetadataValue.self,
      "ConsumerGroupPartitionMetadataKey": ConsumerGroupPartitionMetadataKey.self,
      "ConsumerGroupPartitionMetadataValue": ConsumerGroupPartitionMetadataValue.self,
      "ConsumerGroupMemberMetadataKey": ConsumerGroupMemberMetadataKey.self,
      "ConsumerGroupMemberMetadataValue": ConsumerGroupMemberMetadataValue.self,
      "ConsumerGroupTargetAssignmentMetadataKey": ConsumerGroupTargetAssignmentMetadataKey.self,
      "ConsumerGroupTargetAssignmentMetadataValue": ConsumerGroupTargetAssignmentMetadataValue.self,
      "ConsumerGroupTargetAssignmentMemberKey": ConsumerGroupTargetAssignmentMemberKey.self,
      "ConsumerGroupTargetAssignmentMemberValue": ConsumerGroupTargetAssignmentMemberValue.self,
      "ConsumerGroupCurrentMemberAssignmentKey": ConsumerGroupCurrentMemberAssignmentKey.self,
      "ConsumerGroupCurrentMemberAssignmentValue": ConsumerGroupCurrentMemberAssignmentValue.self,
      "ConsumerGroupRegularExpressionKey": ConsumerGroupRegularExpressionKey.self,
      "ConsumerGroupRegularExpressionValue": ConsumerGroupRegularExpressionValue.self,
    ]
    func add<Request: RequestMessage>(_ request: Request.Type) {
      // Kafka's own spelling of the one name that has an "Id" in it.
      messages["\(request)".replacingID] = request
      messages["\(Request.Response.self)".replacingID] = Request.Response.self
    }
    for request in ApiKey.requests { add(request) }
    return messages
  }()

  private func check<Decoded: Message>(_ type: Decoded.Type, _ vector: ProtocolVector) throws {
    let message = try Decoded(decoding: ByteBuffer(bytes: vector.bytes), version: vector.version)
    let dump = fieldDump(message)
    for field in vector.fields {
      #expect(dump[field.path] == field.value, "\(vector): \(field.path)")
    }
    let encoded = try message.encoded(version: vector.version)
    #expect(Array(buffer: encoded).hex == vector.bytes.hex, "\(vector)")
    if vector.fields.isEmpty { #expect(message == Decoded(), "\(vector): not the defaults") }
    for count in vector.bytes.indices {
      #expect(throws: ProtocolError.self, "\(vector) cut to \(count) bytes") {
        try Decoded(decoding: ByteBuffer(bytes: vector.bytes[..<count]), version: vector.version)
      }
    }
  }

  @Test func everyVersionAgrees() throws {
    var versions: [String: Set<Int16>] = [:]
    for vector in ProtocolVector.all {
      let type = try #require(Self.messages[vector.message], "\(vector.message) has no description")
      try check(type, vector)
      versions[vector.message, default: []].insert(vector.version)
    }
    for (name, type) in Self.messages {
      #expect(versions[name] == Set(type.versions), "\(name) has no vector for some version")
    }
  }
}

extension String {
  fileprivate var replacingID: String {
    hasPrefix("InitProducerID") ? "InitProducerId" + dropFirst("InitProducerID".count) : self
  }
}
