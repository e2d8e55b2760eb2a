import Base
import ClientCore
import KafkaProtocol

/// What operators ask of a cluster. Each call retries what may succeed later until the client's request timeout; methods
/// for many things tell about each of them.
public struct Admin: Sendable {
  /// How long a broker may take for what it does in the background, such as creating a topic.
  static let operationTimeoutMilliseconds: Int32 = 15_000

  let client: KafkaClient

  public init(_ client: KafkaClient) {
    self.client = client
  }

  /// Asks a broker, again and again while it or the network may only need time.
  func ask<Request: RequestMessage>(
    _ request: Request, of target: Cluster.Target, versionLimit: Int16 = .max, subject: String? = nil,
    failure: @escaping @Sendable (Request.Response) -> ClientError? = { _ in nil }
  ) async throws(ClientError) -> Request.Response {
    try await client.perform { (cluster, done: @escaping (Result<Request.Response, ClientError>) -> Void) in
      cluster.ask(request, of: target, versionLimit: versionLimit, subject: subject, failure: failure, done)
    }
  }

  /// Every broker there is, after a look at the metadata.
  func brokers() async throws(ClientError) -> [ClusterDescription.Broker] {
    try await describeCluster().brokers
  }
}
