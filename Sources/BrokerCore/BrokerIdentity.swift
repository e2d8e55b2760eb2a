import Base

/// Who a broker is, for as long as its data directory lives.
public struct BrokerIdentity: Sendable, Hashable {
  public var nodeID: Int32
  public var clusterID: UUID

  public init(nodeID: Int32, clusterID: UUID) {
    self.nodeID = nodeID
    self.clusterID = clusterID
  }
}
