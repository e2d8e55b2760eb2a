import Base

extension BenchResult {
  private var seconds: Double { Double(max(1, usage.nanoseconds)) / 1e9 }
  private var recordsPerSecond: Double { Double(records) / seconds }
  private var megabytesPerSecond: Double { Double(bytes) / seconds / 1e6 }
  private var requestsPerSecond: Double? { requests.map { Double($0) / seconds } }

  /// Microseconds per request where those are measured, else CPU seconds per million records.
  private func unitCost(_ cost: Cost) -> Double {
    Double(cost.microseconds) / Double(max(1, requests ?? records))
  }

  /// A few lines for a person.
  public var text: String {
    var text = "\(name): \(records.grouped) records, \(bytes.humanBytes), in \(seconds.rounded(toPlaces: 2)) s"
    text += failed > 0 ? "; \(failed.grouped) FAILED\n" : "\n"
    text += "  \(settings.map { "\($0.name) \($0.value)" }.joined(separator: ", "))\n"
    if let requestsPerSecond { text += "  \(Int(requestsPerSecond).grouped) requests/s\n" }
    text += "  \(Int(recordsPerSecond).grouped) records/s, \(megabytesPerSecond.rounded(toPlaces: 1)) MB/s\n"
    if let latency {
      let values = [
        ("p50", latency.p50), ("p90", latency.p90), ("p99", latency.p99), ("p99.9", latency.p999), ("max", latency.max),
      ]
      text += "  latency: "
      text += values.map { "\($0.0) \((Double($0.1) / 1000).rounded(toPlaces: 2)) ms" }.joined(separator: ", ") + "\n"
    }
    for (who, cost) in [("client", usage.client), ("broker", usage.broker)] {
      guard let cost else { continue }
      text += "  \(who): \((Double(cost.microseconds) / 1e6).rounded(toPlaces: 2)) CPU s ("
      text +=
        "\(unitCost(cost).rounded(toPlaces: 2)) \(requests == nil ? "s per million records" : "µs per request")), "
      text += "\(cost.residentBytes.humanBytes) resident, at most \(cost.peakResidentBytes.humanBytes)\n"
    }
    return text
  }

  /// One JSON object on a line.
  public var json: String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("name")
    writer.string(name)
    for (name, value) in settings {
      writer.key(name)
      writer.string(value)
    }
    for (name, value) in [("records", records), ("bytes", bytes), ("failed", failed)] {
      writer.key(name)
      writer.number(value)
    }
    for (name, value) in [
      ("seconds", seconds), ("records_per_second", recordsPerSecond), ("megabytes_per_second", megabytesPerSecond),
    ] {
      writer.key(name)
      writer.number(value)
    }
    if let requests, let requestsPerSecond {
      writer.key("requests")
      writer.number(requests)
      writer.key("requests_per_second")
      writer.number(requestsPerSecond)
    }
    if let latency {
      writer.key("latency_us")
      writer.beginObject()
      for (name, value) in [
        ("p50", latency.p50), ("p90", latency.p90), ("p99", latency.p99), ("p99.9", latency.p999), ("max", latency.max),
      ] {
        writer.key(name)
        writer.number(value)
      }
      writer.endObject()
    }
    for (who, cost) in [("client", usage.client), ("broker", usage.broker)] {
      guard let cost else { continue }
      writer.key(who)
      writer.beginObject()
      writer.key("cpu_us")
      writer.number(cost.microseconds)
      writer.key(requests == nil ? "cpu_us_per_record" : "cpu_us_per_request")
      writer.number(unitCost(cost))
      writer.key("resident_bytes")
      writer.number(cost.residentBytes)
      writer.key("peak_resident_bytes")
      writer.number(cost.peakResidentBytes)
      writer.endObject()
    }
    writer.endObject()
    writer.endLine()
    return writer.text
  }
}
