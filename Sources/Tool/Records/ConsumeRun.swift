import Base
import ClientCore
import ClientRuntime

/// Prints records of topics without a group. Ends when its task is cancelled.
public struct ConsumeRun: Sendable {
  public var topics: [String]
  /// Of each topic; nil: all.
  public var partitions: [Int32]?
  public var start = StartPosition.beginning
  /// Whether to wait for what comes later.
  public var follows = false
  public var options = ConsumerOptions()

  public init(topics: [String]) {
    self.topics = topics
  }

  /// Returns when the printer has enough, and at the end unless it follows.
  public func run(_ cluster: Cluster, printer: inout RecordPrinter) async throws(ToolFailure) {
    let start = try await startPositions(cluster.admin)
    let consumer = Consumer(cluster.client, start: start, stopsAtEnd: !follows, options: options)
    var failure: ToolFailure?
    do throws(ToolFailure) {
      while !printer.isDone {
        let event = try await orFail { () throws(ClientError) in try await consumer.next() }
        guard let event else { break }
        switch event {
        case .records(let run): _ = try printer.write(run)
        case .offsetsLost(let lost): StandardOutput.tell("splashdam: \(lost)")
        case .idle: break
        }
      }
    } catch {
      failure = error
    }
    await consumer.close()
    if let failure { throw failure }
  }

  private func startPositions(_ admin: Admin) async throws(ToolFailure) -> [TopicPartition: StartPosition] {
    let described = try await orFail { () throws(ClientError) in try await admin.describeTopics(topics) }
    var positions: [TopicPartition: StartPosition] = [:]
    for topic in topics {
      switch described[topic] {
      case .success(let description):
        let known = description.partitions.map(\.index)
        for partition in partitions ?? known {
          guard known.contains(partition) else {
            throw ToolFailure("topic \(topic) has no partition \(partition); it has \(known.count), counted from 0")
          }
          positions[TopicPartition(topic, partition)] = start
        }
      case .failure(let error): throw ToolFailure(error)
      case nil: throw ToolFailure("the brokers say nothing of topic \(topic)")
      }
    }
    return positions
  }
}
