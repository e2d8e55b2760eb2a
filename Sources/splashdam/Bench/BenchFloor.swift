import ArgumentParser
import Base
import Tool

struct BenchFloor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "floor", abstract: "Measure what this machine takes for an echo, an append, a flush and a transfer.",
    discussion: """
      Needs no broker. What a broker costs means something beside these figures.

      EXAMPLES
        splashdam bench floor --directory /var/lib/splashdam
      """)

  @Option(help: "Where to write the file that is appended to.", completion: .directory)
  var directory = "/tmp"

  @Option(help: "Bytes of an exchange and of an append.")
  var size = 1100

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard (5...1_000_000).contains(size) else { throw ValidationError("--size: expected 5 to 1000000, found \(size)") }
  }

  func run() async throws {
    var floor = FloorBench(directory: directory)
    floor.size = size
    let result = try await floor.run()
    if json {
      var writer = JSONWriter()
      writer.beginObject()
      for (name, value) in [
        ("echoes_per_second", result.echoesPerSecond), ("echo_cpu_us", result.echoMicroseconds),
        ("append_us", result.appendMicroseconds), ("cpu_s_per_gb_in", result.secondsPerGigabyteIn),
        ("cpu_s_per_gb_out", result.secondsPerGigabyteOut),
      ] {
        writer.key(name)
        writer.number(value)
      }
      writer.key("flush_us_p50")
      writer.optional(result.flushMicroseconds?.p50)
      writer.key("flush_us_p99")
      writer.optional(result.flushMicroseconds?.p99)
      writer.endObject()
      writer.endLine()
      try StandardOutput.write(writer.text)
    } else {
      try StandardOutput.write(
        """
        echo of \(size) B through NIO, 5 in flight: \(Int(result.echoesPerSecond).grouped) per second, \
        \(result.echoMicroseconds.rounded(toPlaces: 1)) µs of CPU each
        append of \(size) B to a file: \(result.appendMicroseconds.rounded(toPlaces: 1)) µs
        fdatasync after an append: p50 \(result.flushMicroseconds?.p50 ?? 0) µs, p99 \(result.flushMicroseconds?.p99 ?? 0) µs
        received, CRC-32C, written: \(result.secondsPerGigabyteIn.rounded(toPlaces: 3)) CPU s per GB; \
        sendfile: \(result.secondsPerGigabyteOut.rounded(toPlaces: 3)) CPU s per GB

        """)
    }
  }
}
