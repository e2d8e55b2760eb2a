import Base

/// How a fetch names a partition: by the topic's name up to version 12, by its id from 13 on.
struct FetchKey: Hashable, Sendable {
  var name: String
  var topicID: UUID
  var partition: Int32
}
