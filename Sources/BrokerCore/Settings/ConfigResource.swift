/// What configs belong to (the protocol's numbers).
enum ConfigResource {
  static let topic: Int8 = 2
  static let broker: Int8 = 4
  static let brokerLogger: Int8 = 8
  static let clientMetrics: Int8 = 16
  static let group: Int8 = 32

  /// What may be asked for by ListConfigResources; of some there are none here.
  static let listable: Set<Int8> = [topic, broker, brokerLogger, clientMetrics, group]

  /// How often a request names each resource.
  static func counts(_ resources: [(type: Int8, name: String)]) -> [String: Int] {
    resources.reduce(into: [:]) { counts, resource in counts["\(resource.type) \(resource.name)", default: 0] += 1 }
  }

  /// Nobody can tell which of two changes of one resource is meant, so that neither is made.
  static func checkOnce(_ type: Int8, _ name: String, _ counts: [String: Int]) throws(TopicError) {
    guard counts["\(type) \(name)"] == 1 else {
      throw TopicError(.invalidRequest, "the resource is in the request more than once")
    }
  }
}
