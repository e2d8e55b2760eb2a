import ClientCore
import ClientRuntime

/// A cluster that answered, for the time of one command.
public struct Cluster: Sendable {
  /// How long a command waits for a broker to answer.
  private static let connectTimeoutMilliseconds: Int64 = 5000

  public let client: KafkaClient
  public var admin: Admin { Admin(client) }

  /// Connects, hands the cluster to `body`, and closes what is open.
  ///
  /// - Parameter notice: called with what goes on in the client, on its event loop.
  public static func with<Result: Sendable>(
    _ brokers: [BrokerAddress], notice: @escaping @Sendable (ClientNotice) -> Void = { _ in },
    _ body: (Cluster) async throws(ToolFailure) -> Result
  ) async throws(ToolFailure) -> Result {
    var options = KafkaClientOptions(clientID: "splashdam", notice: notice)
    options.connectTimeoutMilliseconds = connectTimeoutMilliseconds
    let cluster = Cluster(client: KafkaClient(bootstrap: brokers, options: options))
    do throws(ToolFailure) {
      try await orFail { () throws(ClientError) in
        try await cluster.client.connect(timeoutMilliseconds: connectTimeoutMilliseconds)
      }
      let result = try await body(cluster)
      await cluster.client.close()
      return result
    } catch {
      await cluster.client.close()
      throw error
    }
  }

  /// Reads `host:port,host:port`.
  public static func brokers(_ text: String) throws(ToolFailure) -> [BrokerAddress] {
    var brokers: [BrokerAddress] = []
    for part in text.split(separator: ",") {
      guard let address = BrokerAddress(parsing: String(part.filter { $0 != " " })) else {
        throw ToolFailure("expected a broker as host:port, found \"\(part)\"", status: .usage)
      }
      brokers.append(address)
    }
    guard !brokers.isEmpty else { throw ToolFailure("no brokers are named", status: .usage) }
    return brokers
  }
}

/// What the cluster refuses becomes what the command says.
public func orFail<Result>(
  _ body: () async throws(ClientError) -> Result
) async throws(ToolFailure) -> Result {
  do throws(ClientError) {
    return try await body()
  } catch {
    throw ToolFailure(error)
  }
}
