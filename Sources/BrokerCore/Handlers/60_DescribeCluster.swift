import Base
import KafkaProtocol

extension RequestProcessor {
  func describeCluster(
    _ context: RequestContext, _ request: DescribeClusterRequest
  ) throws(ProtocolError) -> RequestProgress {
    var response = DescribeClusterResponse()
    response.endpointType = request.endpointType
    response.clusterID = broker.identity.clusterID.description
    guard request.endpointType == 1 else {
      let isControllers = request.endpointType == 2
      response.errorCode = isControllers ? .mismatchedEndpointType : .unsupportedEndpointType
      response.errorMessage = "this port is that of a broker, and only brokers can be described"
      return try reply(context, response)
    }
    let endpoint = broker.endpoint
    var node = DescribeClusterResponse.DescribeClusterBroker()
    node.brokerID = broker.identity.nodeID
    node.host = endpoint.host
    node.port = endpoint.port
    response.brokers = [node]
    response.controllerID = broker.identity.nodeID
    return try reply(context, response)
  }
}
