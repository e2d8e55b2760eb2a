import ClientCore
import ClientRuntime
import Daemon
import Records

/// Sends lines as records.
public struct ProduceRun: Sendable {
  public var topic: String
  /// nil: chosen by the key, or one after the other.
  public var partition: Int32?
  public var keySeparator: KeySeparator?
  public var headers = RecordHeaders.empty
  public var options = ProducerOptions()

  public init(topic: String) {
    self.topic = topic
  }

  /// Sends each line that `descriptor` gives, and returns once all are delivered or failed.
  public func run(_ client: KafkaClient, lines descriptor: Int32) async throws(ToolFailure) -> DeliveryCount.Counts {
    let count = DeliveryCount()
    let producer = Producer(client, options: options, deliveries: { count.add($0) })
    var failure: ToolFailure?
    do throws(ClientError) {
      let handle = try producer.topic(topic)
      try await producer.ready(handle, timeoutMilliseconds: client.options.requestTimeoutMilliseconds)
      failure = try await send(lines: descriptor, to: handle, of: producer, count)
    } catch {
      failure = ToolFailure(error)
    }
    await producer.flush()
    await producer.close(timeoutMilliseconds: 0)
    if var failure {
      let delivered = count.current.delivered
      if delivered > 0 { failure.description += "; \(delivered.grouped) records before that were delivered" }
      throw failure
    }
    return count.current
  }

  /// Returns what kept the lines from being read to their end.
  private func send(
    lines descriptor: Int32, to topic: ProducerTopic, of producer: Producer, _ count: DeliveryCount
  ) async throws(ClientError) -> ToolFailure? {
    var reader = LineReader(descriptor: descriptor, limit: options.recordSizeLimit)
    var number: UInt64 = 0
    while true {
      let line: LineReader.Line
      do throws(ToolFailure) {
        guard let next = try reader.next() else { return nil }
        line = next
      } catch {
        return error
      }
      number += 1
      guard case .bytes(let range) = line else {
        if case .tooLong(let length) = line {
          count.addFailure("line \(number) has \(length) bytes, at most \(options.recordSizeLimit) make a record")
        }
        continue
      }
      var outcome = reader.withBytes(range) { send($0, number, to: topic, of: producer) }
      while outcome == .full || outcome == .topicNotReady {
        await producer.waitUntilWritable()
        outcome = reader.withBytes(range) { send($0, number, to: topic, of: producer) }
      }
      switch outcome {
      case .accepted, .full, .topicNotReady: break
      case .tooLarge:
        count.addFailure("line \(number) has \(range.count) bytes and is too large for a record")
      case .noSuchPartition: throw ClientError(.invalid("it has no partition \(partition ?? -1)"), subject: self.topic)
      case .closed: throw ClientError(.closed, subject: self.topic)
      }
    }
  }

  private func send(
    _ line: UnsafeRawBufferPointer, _ number: UInt64, to topic: ProducerTopic, of producer: Producer
  ) -> SendOutcome {
    let parts = keySeparator?.split(line)
    return producer.send(
      to: topic, partition: partition, key: parts?.key, value: parts?.value ?? line, headers: headers,
      timestamp: systemClock().wall, token: number)
  }
}
