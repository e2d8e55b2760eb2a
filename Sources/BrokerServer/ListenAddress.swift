import BrokerCore

/// `HOST:PORT`, with an IPv6 address in brackets; a scheme before it, as Kafka writes listeners, must be PLAINTEXT.
package struct ListenAddress: Hashable, CustomStringConvertible {
  package var host: String
  package var port: Int

  /// nil when the text is something else.
  package init?(_ text: String) {
    var rest = Substring(text)
    if let scheme = rest.range(of: "://") {
      guard rest[..<scheme.lowerBound].uppercased() == "PLAINTEXT" else { return nil }
      rest = rest[scheme.upperBound...]
    }
    guard let colon = rest.lastIndex(of: ":"), let port = Int(rest[rest.index(after: colon)...]),
      (0...65_535).contains(port)
    else { return nil }
    var host = rest[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    self.init(host: host.isEmpty ? "0.0.0.0" : String(host), port: port)
  }

  init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// It stands for every address of this machine and is nothing a client could connect to.
  var isWildcard: Bool { host == "0.0.0.0" || host == "::" }
}

extension Substring {
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      formIndex(after: &start)
    }
    return nil
  }
}
