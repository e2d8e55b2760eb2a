import Base
import LogStore

/// What a waiting request is told.
public enum Delivery<Files: FileSystem>: Sendable {
  /// Something it waits for may have happened: look again.
  case wake
  /// This is its answer.
  case reply(BrokerReply<Files>)
  /// Its cold reads, by their place in the plan.
  case reads([Int: Result<LogSlice<Files>?, LogError>])
  /// There is no answer to give.
  case close(reason: String)
}
