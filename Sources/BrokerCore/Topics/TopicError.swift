import KafkaProtocol
import LogStore
import MetadataStore

/// Why a topic was not changed: a code and a sentence for the client.
struct TopicError: Error, Hashable {
  var code: ErrorCode
  var message: String

  init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  init(_ error: MetadataStoreError) {
    switch error {
    case .tooLarge: self.init(.invalidRequest, error.description)
    case .versionMismatch, .alreadyExists, .notFound: self.init(.unknownServerError, error.description)
    default: self.init(.kafkaStorageError, error.description)
    }
  }

  init(_ error: LogError) {
    self.init(error.code, error.description)
  }
}
