import Base
import KafkaProtocol

/// Why something that was asked of a cluster did not happen. Its text names the broker, what was asked of it and for
/// whom, and what can be done.
public struct ClientError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Reason: Sendable, Hashable {
    /// No connection could be made; the text is the system's.
    case connectFailed(String)
    /// The connection ended before the answer came: what was asked may have been done or not.
    case connectionLost(String)
    /// No answer within this many milliseconds: what was asked may have been done or not.
    case timedOut(milliseconds: Int64)
    /// The broker has no version of the API that this client speaks; nil: it does not have the API.
    case unsupportedVersion(ours: ClosedRange<Int16>, theirs: ClosedRange<Int16>?)
    /// The answer is not what the protocol says.
    case malformed(String)
    /// The broker's answer: an error code, with its message where it sent one.
    case refused(ErrorCode, message: String?)
    /// None of these answered; the text is why the last did not.
    case unreachable([BrokerAddress], String)
    /// The client, producer or consumer was closed.
    case closed
    /// What the caller asked for cannot be: the text tells.
    case invalid(String)
  }

  public var reason: Reason
  public var broker: BrokerAddress?
  public var api: ApiKey?
  /// What it was about: a topic, a partition, a group.
  public var subject: String?

  public init(_ reason: Reason, broker: BrokerAddress? = nil, api: ApiKey? = nil, subject: String? = nil) {
    self.reason = reason
    self.broker = broker
    self.api = api
    self.subject = subject
  }

  /// Whether the same may succeed later without anybody changing anything.
  public var isRetriable: Bool {
    switch reason {
    case .connectFailed, .connectionLost, .timedOut, .unreachable: true
    case .refused(let code, _): code.isRetriable
    case .unsupportedVersion, .malformed, .closed, .invalid: false
    }
  }

  /// The broker's error code, when it answered with one.
  public var code: ErrorCode? {
    if case .refused(let code, _) = reason { code } else { nil }
  }

  public var description: String {
    var text = subject.map { "\($0): " } ?? ""
    switch (api, broker) {
    case (let api?, let broker?): text += "\(api) at broker \(broker): "
    case (let api?, nil): text += "\(api): "
    case (nil, let broker?): text += "broker \(broker): "
    case (nil, nil): break
    }
    return text + problem
  }

  private var problem: String {
    switch reason {
    case .connectFailed(let text): "cannot connect: \(text); check that the broker runs and is reachable from here"
    case .connectionLost(let text): "the connection was lost before the answer: \(text)"
    case .timedOut(let milliseconds): "no answer within \(milliseconds) ms"
    case .unsupportedVersion(let ours, nil):
      "the broker does not have this API (versions \(ours.lowerBound) to \(ours.upperBound) are spoken here)"
    case .unsupportedVersion(let ours, let theirs?):
      "the broker speaks versions \(theirs.lowerBound) to \(theirs.upperBound) of it, "
        + "this client \(ours.lowerBound) to \(ours.upperBound)"
    case .malformed(let text): "the answer is malformed: \(text); is this a Kafka broker?"
    case .refused(let code, let message?) where !message.isEmpty: "\(code): \(message)"
    case .refused(let code, _): "\(code)"
    case .unreachable(let brokers, let text):
      "none of the brokers \(brokers.map(\.description).joined(separator: ", ")) answers: \(text)"
    case .closed: "closed"
    case .invalid(let text): text
    }
  }
}
