/// That a node is not what it was.
public struct MetadataChange: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case created, changed, deleted
  }

  public var path: String
  public var kind: Kind

  public init(_ path: String, _ kind: Kind) {
    self.path = path
    self.kind = kind
  }
}
