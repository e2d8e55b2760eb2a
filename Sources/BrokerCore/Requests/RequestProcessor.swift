import Base
import KafkaProtocol
import NIOCore
import Records

/// Runs the requests of one event loop. For one thread at a time. What it decides lies in `effects` when a call
/// returns; the shell takes it from there.
public final class RequestProcessor<Files: FileSystem> {
  let broker: Broker<Files>
  public var effects: [BrokerEffect<Files>] = []

  let validator: RecordBatchValidator
  /// Made when the first topic asks for it.
  private(set) lazy var recompressor = RecordBatchRecompressor()
  private var parked: [RequestID: ParkedRequest<Files>] = [:]
  private var deadlines = DeadlineHeap()
  private var hosts: [ConnectionID: String] = [:]
  /// The loop whose requests these are.
  private(set) var loop = 0
  var groupTimers = GroupTimers<Files>()

  public init(broker: Broker<Files>) {
    self.broker = broker
    validator = RecordBatchValidator()
  }

  /// When `expire` has something to do next (monotonic nanoseconds); nil for never.
  public var nextDeadline: Int64? {
    guard let first = deadlines.first else { return groupTimers.first }
    return min(first, groupTimers.first ?? first)
  }

  /// Requests that wait.
  public var parkedCount: Int { parked.count }

  /// - Parameter host: where the client is, without its port.
  public func connect(_ connection: ConnectionID, host: String) {
    hosts[connection] = host
    loop = connection.loop
    adoptGroups()
  }

  /// The connection is gone. `unanswered`: those of its requests that wait.
  public func disconnect(_ connection: ConnectionID, unanswered: some Sequence<RequestID>) {
    hosts[connection] = nil
    for request in unanswered { abandon(request) }
  }

  /// Runs a request as far as it goes. `frame` is without its size field; records in it are changed in place.
  public func receive(_ frame: ByteBuffer, as id: RequestID, now: Moment) -> RequestProgress {
    var body = frame
    do throws(ProtocolError) {
      let header = try RequestHeader(readingFrom: &body)
      let context = RequestContext(id: id, header: header, host: hosts[id.connection] ?? "", now: now)
      guard let handler = broker.handlers[header.key] else {
        return close(id, "\(header.key) (key \(header.key.rawValue)) is not supported")
      }
      guard handler.versions.contains(header.version) else { return refuseVersion(context, handler) }
      do throws(ProtocolError) {
        return try handler.run(self, context, body)
      } catch {
        return close(id, "malformed \(header.key) request of version \(header.version): \(error)")
      }
    } catch {
      return close(id, "malformed request header: \(error)")
    }
  }

  /// Kafka ends the connection of a client that speaks a version it was not offered. A client that asks which versions
  /// there are cannot know yet, so it is told, in the oldest format (KIP-511).
  private func refuseVersion(_ context: RequestContext, _ handler: Handler<Files>) -> RequestProgress {
    if handler.key == .apiVersions { return replyUnsupportedApiVersions(context) }
    let versions = handler.versions
    return close(
      context.id,
      "\(handler.key) version \(context.version) is not supported, only \(versions.lowerBound) to \(versions.upperBound)"
    )
  }

  /// Something happened that concerns a waiting request. One that waits no more is left alone.
  public func deliver(_ delivery: Delivery<Files>, to request: RequestID, now: Moment) {
    guard let waiting = parked[request] else { return }
    switch (delivery, waiting) {
    case (.reply(let reply), .delivery):
      parked[request] = nil
      effects.append(.reply(request, reply))
    case (.close(let reason), .delivery):
      parked[request] = nil
      effects.append(.close(request, reason: reason))
    case (.wake, .durable(let wait)):
      continueDurable(wait, now: now)
    case (.wake, .fetch(let wait)):
      continueFetch(wait, now: now)
    case (.reads(let reads), .fetch(let wait)):
      finishColdFetch(wait, reads: reads)
    case (.reply, _), (.close, _), (.reads, _), (.wake, .delivery):
      break
    }
  }

  /// Answers the requests that have waited long enough.
  public func expire(now: Moment) {
    expireGroups(now: now)
    while let request = deadlines.popDue(at: now.monotonic) {
      guard case .fetch(let wait) = parked[request] else { continue }
      continueFetch(wait, now: now)
    }
  }

  /// Answers every fetch that waits with what there is, as if its time were up: the broker stops.
  public func answerFetches(now: Moment) {
    for case .fetch(let wait) in parked.values {
      var wait = wait
      wait.deadline = now.monotonic
      continueFetch(wait, now: now)
    }
  }

  // MARK: - for handlers

  func park(_ request: RequestID, _ waiting: ParkedRequest<Files>, until deadline: Int64? = nil) {
    parked[request] = waiting
    if let deadline {
      deadlines.insert(request, at: deadline) { parked[$0] != nil }
    }
  }

  func isParked(_ request: RequestID) -> Bool { parked[request] != nil }

  func unpark(_ request: RequestID) {
    parked[request] = nil
  }

  func abandon(_ request: RequestID) {
    guard let waiting = parked.removeValue(forKey: request) else { return }
    if case .fetch(let wait) = waiting { wait.unregister() }
  }

  /// Answers a request.
  func reply<Response: ResponseMessage>(
    _ context: RequestContext, _ response: Response
  ) throws(ProtocolError) -> RequestProgress {
    let frame = try response.frame(version: context.version, correlationID: context.header.correlationID)
    effects.append(.reply(context.id, BrokerReply(frame)))
    return .done
  }

  func close(_ request: RequestID, _ reason: String) -> RequestProgress {
    effects.append(.close(request, reason: reason))
    return .done
  }

  /// Makes the answer on a thread that may wait for a disk.
  ///
  /// - Parameter isChange: whether topics or settings may change.
  func replyFromWork<Response: ResponseMessage>(
    _ context: RequestContext, isChange: Bool = true,
    _ work: @escaping @Sendable (Broker<Files>, _ effects: inout [BrokerEffect<Files>]) -> Response
  ) -> RequestProgress {
    park(context.id, .delivery)
    let broker = broker
    let make: BlockingWork<Files> = { effects in
      let response = work(broker, &effects)
      do throws(ProtocolError) {
        return .reply(BrokerReply(try context.frame(response)))
      } catch {
        return .close(reason: "cannot answer \(context.header.key): \(error)")
      }
    }
    effects.append(isChange ? .administer(context.id, make) : .work(context.id, make))
    return .holding
  }
}
