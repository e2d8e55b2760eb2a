/// Takes records on their way to the broker.
public protocol RecordSink {
  /// Takes records from the front of `run`, as many as there is room for, and returns how many. All of them are
  /// copied before it returns. Each record taken is acknowledged later, exactly once, with the token of its run.
  mutating func send(_ run: RecordRun) -> Int
}
