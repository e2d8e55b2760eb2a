import Base
import ClientCore
import NIOCore

/// Reads given partitions without a group.
public final class Consumer: Sendable {
  public let options: ConsumerOptions
  private let client: KafkaClient
  private let engine: NIOLoopBoundBox<FetchEngine?>
  private let topics: [String]

  /// - Parameters:
  ///   - start: the partitions, with where to begin in each.
  ///   - stopsAtEnd: whether `next` returns nil once everything was read that was there at the beginning.
  public init(
    _ client: KafkaClient, start: [TopicPartition: StartPosition], stopsAtEnd: Bool,
    options: ConsumerOptions = ConsumerOptions()
  ) {
    self.options = options
    self.client = client
    let topics = Set(start.keys.map(\.topic)).sorted()
    self.topics = topics
    let engine = NIOLoopBoundBox<FetchEngine?>.makeEmptyBox(eventLoop: client.eventLoop)
    self.engine = engine
    client.execute { cluster in
      engine.value = FetchEngine(cluster, options: options, number: cluster.number())
      for topic in topics { cluster.want(topic, creates: false) }
    }
    if stopsAtEnd {
      Task { await Self.stop(client, engine, atEndsOf: start) }
    } else {
      client.execute { _ in Self.begin(engine.value, start) }
    }
  }

  private static func begin(_ engine: FetchEngine?, _ start: [TopicPartition: StartPosition]) {
    engine?.change { core in
      for (partition, position) in start { core.assign(partition, at: position) }
    }
  }

  /// Finds out where the partitions end before anything of them is read.
  private static func stop(
    _ client: KafkaClient, _ engine: NIOLoopBoundBox<FetchEngine?>, atEndsOf start: [TopicPartition: StartPosition]
  ) async {
    do throws(ClientError) {
      var ends: [TopicPartition: Int64] = [:]
      for (partition, result) in try await Admin(client).listOffsets(start.mapValues { _ in .end }) {
        ends[partition] = try result.get()
      }
      client.execute { [ends] _ in
        guard let engine = engine.value else { return }
        engine.isFinished = { [unowned engine] in
          ends.allSatisfy { partition, end in end == 0 || (engine.core.position(of: partition) ?? -1) >= end }
        }
        begin(engine, start)
      }
    } catch {
      client.execute { _ in engine.value?.fail(error) }
    }
  }

  /// The next run of batches or report; one caller at a time.
  ///
  /// - Parameter milliseconds: `.idle` is returned when nothing came in this time; nil waits on.
  /// - Returns: nil at the end, once the consumer is closed, or when the surrounding task is cancelled.
  public func next(waitingAtMost milliseconds: Int64? = nil) async throws(ClientError) -> ConsumerEvent? {
    try await client.nextEvent(of: engine, waitingAtMost: milliseconds)
  }

  public func close() async {
    await withCheckedContinuation { continuation in
      client.execute { [engine, topics] cluster in
        if let engine = engine.value, !engine.isClosed {
          engine.close()
          for topic in topics { cluster.release(topic, creates: false) }
        }
        continuation.resume()
      }
    }
  }
}
