/// Who is to be told when the record at `offset` is durable.
struct DurableWaiter: Sendable {
  var offset: Int64
  var request: RequestID
}
