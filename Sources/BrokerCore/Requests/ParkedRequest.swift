import Base

/// Why a request waits.
enum ParkedRequest<Files: FileSystem> {
  /// Its records are not durable yet.
  case durable(DurableWait<Files>)
  /// There is too little to fetch yet.
  case fetch(FetchWait<Files>)
  /// What is asked for comes by a delivery of its own.
  case delivery
}
