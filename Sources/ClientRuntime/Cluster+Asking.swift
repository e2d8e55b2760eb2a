import Base
import ClientCore
import KafkaProtocol
import NIOCore

extension Cluster {
  /// Sends a request and repeats it, with growing waits, while its failure may pass and the request timeout is not over.
  ///
  /// - Parameter failure: why an answer is none; nil for a good one.
  func ask<Request: RequestMessage>(
    _ request: Request, of target: Target, lane: Lane = .main, versionLimit: Int16 = .max, subject: String? = nil,
    failure: @escaping (Request.Response) -> ClientError? = { _ in nil },
    _ done: @escaping (Result<Request.Response, ClientError>) -> Void
  ) {
    let backoff = Backoff(
      firstMilliseconds: options.retryBackoffMilliseconds, limitMilliseconds: options.retryBackoffLimitMilliseconds)
    let deadline = NIODeadline.now() + .milliseconds(options.requestTimeoutMilliseconds)
    attempt(
      request, of: target, lane: lane, versionLimit: versionLimit, subject: subject, backoff, deadline,
      failure: failure,
      done)
  }

  private func attempt<Request: RequestMessage>(
    _ request: Request, of target: Target, lane: Lane, versionLimit: Int16, subject: String?, _ backoff: Backoff,
    _ deadline: NIODeadline,
    failure: @escaping (Request.Response) -> ClientError?,
    _ done: @escaping (Result<Request.Response, ClientError>) -> Void
  ) {
    let left = (deadline - .now()).nanoseconds / 1_000_000
    send(request, to: target, lane: lane, versionLimit: versionLimit, timeoutMilliseconds: max(1, left)) { result in
      var error: ClientError
      switch result {
      case .success(let response):
        guard let refusal = failure(response) else { return done(result) }
        error = refusal
      case .failure(let reason): error = reason
      }
      error.api = Request.key
      error.subject = error.subject ?? subject
      var backoff = backoff
      let wait = TimeAmount.nanoseconds(backoff.next(&self.random.generator))
      if case .closed = error.reason { return done(.failure(error)) }
      guard error.isRetriable, .now() + wait < deadline else { return done(.failure(error)) }
      if case .refused(.notController, _) = error.reason { self.requestMetadata() }
      self.loop.assumeIsolated().scheduleTask(in: wait) {
        self.attempt(
          request, of: target, lane: lane, versionLimit: versionLimit, subject: subject, backoff, deadline,
          failure: failure, done)
      }
    }
  }
}
