import AgentCore
import ClientCore
import ClientRuntime
import Daemon
import KafkaProtocol
import NIOPosix
import Records

/// Sends an agent's records with the client's producer.
package final class KafkaRecordProducer: RecordProducer {
  /// What the producer needs of a route, made once.
  private struct Prepared {
    let route: RecordRoute
    let topic: ProducerTopic
    let headers: RecordHeaders
  }

  /// Routes kept prepared.
  private static let preparedLimit = 4096

  private let group: MultiThreadedEventLoopGroup
  private let client: KafkaClient
  private let producer: Producer
  private let inbox: DeliveryInbox
  private let log: Log
  private var prepared: [ObjectIdentifier: Prepared] = [:]

  package init(_ configuration: AgentConfiguration, inbox: DeliveryInbox, log: Log) {
    self.inbox = inbox
    self.log = log
    let options = KafkaClientOptions(clientID: "splashdam-agent") { notice in
      guard let log = log.limited(notice.kind, everySeconds: 5) else { return }
      switch notice.severity {
      case .debug: log.debug(notice.text)
      case .info: log.info(notice.text)
      case .warning: log.warning(notice.text)
      case .error: log.error(notice.text)
      }
    }
    // One event loop does all of it; the shared group would start a thread for each processor.
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    client = KafkaClient(bootstrap: configuration.brokers, options: options, group: group)
    producer = Producer(
      client, options: configuration.producer,
      deliveries: { deliveries in
        for delivery in deliveries {
          guard let outcome = Self.outcome(delivery) else { continue }
          inbox.settle(delivery.tokens, outcome)
        }
      },
      whenWritable: { inbox.wakeup.wake() })
  }

  /// nil: the producer was closed before it could tell; the records are sent again by the next run.
  private static func outcome(_ delivery: Delivery) -> DeliveryOutcome? {
    guard case .failure(let error) = delivery.result else { return .acknowledged }
    switch error.reason {
    case .closed: return nil
    // These lie in the record; whatever else is wrong, somebody may mend.
    case .refused(.messageTooLarge, _), .refused(.recordListTooLarge, _), .refused(.invalidRecord, _),
      .refused(.invalidTimestamp, _):
      return .refused(error.description)
    default: return .failed(error.description)
    }
  }

  package func send(_ run: RecordRun) -> Taken {
    guard let prepared = prepared(run.route) else { return Taken(count: 0, rest: .topicNotReady) }
    var headers = prepared.headers
    if !run.mark.isEmpty { headers.append(key: LineMark.headerName, value: Array(run.mark.text.utf8)) }
    return run.route.key.withUnsafeBytes { key in
      var count = 0
      for extent in run.extents {
        let outcome = producer.send(
          to: prepared.topic, key: key.isEmpty ? nil : key, value: run.value(extent), headers: headers,
          timestamp: run.timestamp, token: run.token.rawValue)
        switch outcome {
        case .accepted: break
        case .full: return Taken(count: count, rest: .full)
        case .topicNotReady: return Taken(count: count, rest: .topicNotReady)
        case .tooLarge, .noSuchPartition:
          let limit = producer.options.recordSizeLimit
          inbox.settle([run.token.rawValue], .refused("with its key and headers it is larger than \(limit) bytes"))
        case .closed: return Taken(count: count, rest: .full)
        }
        count += 1
      }
      return Taken(count: count, rest: .none)
    }
  }

  private func prepared(_ route: RecordRoute) -> Prepared? {
    if let known = prepared[ObjectIdentifier(route)] { return known }
    var headers = RecordHeaders()
    for header in route.headers { headers.append(key: header.name, value: header.value) }
    do throws(ClientError) {
      let made = Prepared(route: route, topic: try producer.topic(route.topic), headers: headers)
      if prepared.count >= Self.preparedLimit { prepared.removeAll() }
      prepared[ObjectIdentifier(route)] = made
      return made
    } catch {
      log.limited("topic", everySeconds: 60)?.error(
        "cannot send to a topic; what belongs there waits",
        ["topic": route.topic, "of": route.name, "reason": error])
      return nil
    }
  }

  package func close(timeoutMilliseconds: Int64, _ done: @escaping @Sendable () -> Void) {
    Task { [producer, client, group, log] in
      await producer.close(timeoutMilliseconds: timeoutMilliseconds)
      await client.close()
      done()
      do {
        try await group.shutdownGracefully()
      } catch {
        log.debug("the event loop did not end", ["reason": "\(error)"])
      }
    }
  }
}
