import KafkaProtocol

/// Why a consumer group does not do what a member asks of it.
struct ConsumerGroupRefusal: Error {
  var code: ErrorCode
  var message: String

  init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }
}
