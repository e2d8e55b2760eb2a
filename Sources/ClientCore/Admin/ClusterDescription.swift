/// Who makes up a cluster.
public struct ClusterDescription: Sendable, Hashable {
  public struct Broker: Sendable, Hashable {
    public var id: Int32
    public var address: BrokerAddress
    public var rack: String?

    package init(id: Int32, address: BrokerAddress, rack: String?) {
      self.id = id
      self.address = address
      self.rack = rack
    }
  }

  public var clusterID: String
  /// nil: none at the moment.
  public var controllerID: Int32?
  public var brokers: [Broker]

  package init(clusterID: String, controllerID: Int32?, brokers: [Broker]) {
    self.clusterID = clusterID
    self.controllerID = controllerID
    self.brokers = brokers
  }
}
