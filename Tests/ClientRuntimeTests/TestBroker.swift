import Base
import BrokerCore
import BrokerServer
import ClientCore
import ClientRuntime
import Daemon
import Foundation
import TestKit
import Testing

/// A real broker in this process, on a directory that is removed with it.
final class TestBroker {
  let directory: String
  private var running: RunningBroker?
  let address: BrokerAddress

  init(settings: [String: String] = [:]) throws {
    directory = FileManager.default.temporaryDirectory.path + "/client-runtime-" + Foundation.UUID().uuidString
    address = BrokerAddress(host: "127.0.0.1", port: try RestartPort.take())
    running = try Self.start(directory, settings, port: address.port)
  }

  private static func start(_ directory: String, _ settings: [String: String], port: Int) throws -> RunningBroker {
    var table = SettingsTable()
    try table.set("log.dirs", to: directory)
    try table.set("listeners", to: "127.0.0.1:\(port)")
    try table.set("flush", to: "os")
    for (name, value) in settings { try table.set(name, to: value) }
    return try RunningBroker(table, log: .standardError(level: .warning))
  }

  /// Stops it and starts it again on the same data and port. Blocks; not from an event loop.
  func restart() throws {
    running?.stop()
    // The old one holds the directory's lock as long as it is there.
    running = nil
    try RestartPort.waitUntilFree(address.port)
    running = try Self.start(directory, [:], port: address.port)
  }

  func stop() {
    running?.stop()
    running = nil
    do {
      try FileManager.default.removeItem(atPath: directory)
    } catch {
      Issue.record(error)
    }
  }

  func client(_ name: String = "test") -> KafkaClient {
    var options = KafkaClientOptions(clientID: name, randomSeed: 7)
    options.requestTimeoutMilliseconds = 10_000
    return KafkaClient(bootstrap: [address], options: options)
  }
}
