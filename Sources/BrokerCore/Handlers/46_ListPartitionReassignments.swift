import Base
import KafkaProtocol

extension RequestProcessor {
  /// Nothing moves between brokers where there is one.
  func listPartitionReassignments(
    _ context: RequestContext, _ request: ListPartitionReassignmentsRequest
  ) throws(ProtocolError) -> RequestProgress {
    var response = ListPartitionReassignmentsResponse()
    response.errorMessage = nil
    return try reply(context, response)
  }
}
