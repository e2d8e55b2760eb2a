/// Where a broker can be reached.
public struct BrokerEndpoint: Sendable, Hashable {
  public var host: String
  public var port: Int32

  public init(host: String, port: Int32) {
    self.host = host
    self.port = port
  }
}
