import ArgumentParser
import ClientCore
import Glibc
import Tool

/// Where the cluster is.
struct BrokerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Brokers to begin with, separated by commas.",
      discussion: "Default: SPLASHDAM_BROKERS, or 127.0.0.1:9092 where that is not set.", valueName: "host:port,…"))
  var brokers: String?

  func validate() throws {
    do throws(ToolFailure) {
      _ = try addresses()
    } catch {
      throw ValidationError(error.description)
    }
  }

  func addresses() throws(ToolFailure) -> [BrokerAddress] {
    let variable = getenv("SPLASHDAM_BROKERS").map { String(cString: $0) }
    return try Cluster.brokers(brokers ?? variable ?? "127.0.0.1:9092")
  }

  /// Connects for the time of `body`.
  func withCluster<Result: Sendable>(
    _ body: (Cluster) async throws(ToolFailure) -> Result
  ) async throws(ToolFailure) -> Result {
    try await Cluster.with(try addresses(), body)
  }
}
