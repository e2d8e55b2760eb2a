/// Where a group that has committed nothing begins.
enum ReadFrom: String, CaseIterable, Sendable {
  case beginning
  case end
}
