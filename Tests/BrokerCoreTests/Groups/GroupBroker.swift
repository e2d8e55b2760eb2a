import Base
import BrokerCore
import KafkaProtocol
import Simulator
import Testing

/// A broker for tests of groups: time passes from deadline to deadline, and it can be started anew.
final class GroupBroker {
  private(set) var test: TestBroker
  private let settings: [String: String]

  init(_ settings: [String: String] = [:]) throws {
    self.settings = settings
    test = try TestBroker(settings)
    connect()
  }

  private func connect() {
    test.processor.connect(ConnectionID(loop: 0, number: 0), host: "10.0.0.1")
    test.settle()
  }

  var broker: Broker<VirtualFileSystem> { test.broker }
  var files: VirtualFileSystem { test.files }

  /// Another process on what the disk has after the last was killed.
  func restart() throws {
    files.kill()
    let now = Moment(monotonic: test.now.monotonic + 1_000_000_000, wall: test.now.wall + 1000)
    test = try TestBroker(files, settings, seed: UInt64(now.monotonic), now: now)
    connect()
  }

  func wait(milliseconds: Int64) {
    var rest = milliseconds * 1_000_000
    while let next = test.processor.nextDeadline, next - test.now.monotonic <= rest {
      // To the millisecond after it, which is what the test broker counts in.
      let step = max(next - test.now.monotonic, 0)
      test.advance(milliseconds: (step + 999_999) / 1_000_000)
      rest -= step
    }
    test.advance(milliseconds: rest / 1_000_000)
  }

  func send<Request: RequestMessage>(_ request: Request, _ version: Int16) throws -> RequestID {
    try test.start(request, version: version)
  }

  func response<Response: ResponseMessage>(
    _ request: RequestID, _ version: Int16, as type: Response.Type = Response.self
  ) throws -> Response? {
    try test.answer(to: request, type, version: version)
  }

  /// Sends a request that is answered at once.
  func ask<Request: RequestMessage>(
    _ request: Request, _ version: Int16, at location: SourceLocation = #_sourceLocation
  ) throws -> Request.Response {
    try test.send(request, version: version, at: location)
  }
}
