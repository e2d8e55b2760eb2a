import Base
import LogStore

/// What the shell has to do, in this order.
public enum BrokerEffect<Files: FileSystem>: Sendable {
  /// The one answer to a request. Answers of a connection leave in the order of its requests.
  case reply(RequestID, BrokerReply<Files>)
  /// The request is done and its client expects no answer.
  case noReply(RequestID)
  /// End the connection once the answers before this request have left, and say why in the log.
  case close(RequestID, reason: String)
  /// Say in the log, now and then, that the request's peer was refused something and why. The connection goes on.
  case refused(RequestID, reason: String)
  /// Call `Partition.sync` on a thread that may wait for a disk.
  case sync(Partition<Files>)
  /// Run this on a thread that may wait for a disk, and deliver what it returns to the request.
  case work(RequestID, BlockingWork<Files>)
  /// As `work`, for changes of topics and settings, which come one after another and may take long.
  case administer(RequestID, BlockingWork<Files>)
  /// Run this on a thread that may wait for a disk, when there is time.
  case background(@Sendable (_ effects: inout [BrokerEffect<Files>]) -> Void)
  /// Call `RequestProcessor.deliver` on the loop of the request.
  case deliver(RequestID, Delivery<Files>)
  /// Call `RequestProcessor.resume` on this loop.
  case resumeGroups(GroupShard<Files>, loop: Int)
  /// A line for the broker's log that is no cause for concern, at most one of `key` in a second.
  case notice(key: String, message: String)
  /// A line for the broker's log, at most one of `key` in ten seconds.
  case warning(key: String, message: String)
}

/// What may take a while. It adds what else there is to do to the effects.
public typealias BlockingWork<Files: FileSystem> =
  @Sendable (_ effects: inout [BrokerEffect<Files>]) -> Delivery<Files>
