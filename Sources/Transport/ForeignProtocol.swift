/// A protocol that people point at a Kafka port by mistake.
public enum ForeignProtocol: Sendable, Hashable {
  case http
  case tls
  case ssh

  private static let httpStarts = ["GET ", "HEAD", "POST", "PUT ", "DELE", "OPTI", "PATC", "CONN", "TRAC", "PRI "]

  /// The protocol whose first bytes these are; nil for none of them. All of these would be sizes of more than 300 MB.
  @usableFromInline
  init?(recognizing bytes: some Collection<UInt8>) {
    let start = Array(bytes.prefix(4))
    guard start.count == 4 else { return nil }
    if Self.httpStarts.contains(where: { Array($0.utf8) == start }) {
      self = .http
    } else if start[0] == 0x16, start[1] == 0x03 {
      self = .tls
    } else if start == Array("SSH-".utf8) {
      self = .ssh
    } else {
      return nil
    }
  }
}
