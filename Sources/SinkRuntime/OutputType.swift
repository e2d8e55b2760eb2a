/// Where a sink writes.
enum OutputType: String, CaseIterable, Sendable {
  case stdout
  case file
}
