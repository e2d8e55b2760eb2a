import Daemon
import KafkaProtocol
import NIOCore
import Records

/// A Produce request made beforehand, of one keyed batch for one partition, so that sending it costs next to nothing.
struct PreparedProduce: Sendable {
  static let version: Int16 = 12

  /// Size field included.
  private(set) var frame: [UInt8]
  /// Bytes of the values.
  let valueSize: Int

  /// - Parameter place: which lines it takes.
  init(
    topic: String, partition: Int32, place: Int, recordCount: Int, isKeyed: Bool, lines: BenchLines,
    compression: Compression, compressor: Compressor
  ) throws(ToolFailure) {
    do {
      var builder = RecordBatchBuilder()
      var size = 0
      for index in 0..<recordCount {
        let key = isKeyed ? Array("host-\((place * recordCount + index) % 1000)".utf8) : nil
        let value = lines.with(place * recordCount + index) { Array($0) }
        size += value.count
        try builder.append(key: key, value: value, timestamp: systemClock().wall)
      }
      let batch = try builder.build(compression, with: compressor)
      var data = ProduceRequest.PartitionProduceData()
      data.index = partition
      data.records = .bytes(ByteBuffer(bytes: batch))
      var topicData = ProduceRequest.TopicProduceData()
      topicData.name = topic
      topicData.partitionData = [data]
      var request = ProduceRequest()
      request.acks = -1
      request.timeoutMs = 30_000
      request.topicData = [topicData]
      let encoded = try request.frame(version: Self.version, correlationID: 0, clientID: "splashdam-bench")
      frame = Array((encoded.contiguous() ?? encoded.bytes).readableBytesView)
      valueSize = size
    } catch {
      throw ToolFailure("cannot make a request: \(error)")
    }
  }

  /// The correlation id stands behind the size, the key and the version.
  mutating func setCorrelation(_ id: Int32) {
    withUnsafeBytes(of: id.bigEndian) { bytes in
      for (index, byte) in bytes.enumerated() { frame[8 + index] = byte }
    }
  }

  /// The frame with this correlation id.
  func buffer(correlation id: Int32, _ allocator: ByteBufferAllocator) -> ByteBuffer {
    var buffer = allocator.buffer(capacity: frame.count)
    buffer.writeBytes(frame)
    buffer.setInteger(id, at: 8)
    return buffer
  }

  /// Reads an answer, without its size field: it is to this request, and the broker took the records.
  static func check(_ frame: ByteBuffer, correlation: Int32) throws(ToolFailure) {
    var frame = frame
    guard frame.readInteger(as: Int32.self) == correlation else {
      throw ToolFailure("the broker answered out of order")
    }
    let response: ProduceResponse
    do throws(ProtocolError) {
      response = try ProduceResponse(decodingAfterCorrelationID: frame, version: version)
    } catch {
      throw ToolFailure("the broker's answer is malformed: \(error)")
    }
    for topic in response.responses {
      for partition in topic.partitionResponses where partition.errorCode != .none {
        throw ToolFailure("the broker refused a request: \(partition.errorCode)")
      }
    }
  }
}
