/// Where a broker listens.
public struct BrokerAddress: Sendable, Hashable, CustomStringConvertible {
  /// A name or an IP address, an IPv6 one without brackets.
  public var host: String
  /// 1 to 65535.
  public var port: Int

  /// The port of Kafka brokers.
  public static let defaultPort = 9092

  @inlinable
  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads `host`, `host:port` or `[ipv6]:port`; nil when it is none of them.
  public init?(parsing text: some StringProtocol) {
    var host = text[...]
    var port: Int? = Self.defaultPort
    if text.first == "[" {
      guard let end = text.firstIndex(of: "]") else { return nil }
      host = text[text.index(after: text.startIndex)..<end]
      let rest = text[text.index(after: end)...]
      if !rest.isEmpty {
        guard rest.first == ":" else { return nil }
        port = Int(rest.dropFirst())
      }
    } else if let colon = text.lastIndex(of: ":") {
      host = text[..<colon]
      port = Int(text[text.index(after: colon)...])
      guard !host.contains(":") else { return nil }
    }
    guard let port, (1...65535).contains(port), !host.isEmpty, !host.contains(where: \.isWhitespace) else { return nil }
    self.init(host: String(host), port: port)
  }

  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
