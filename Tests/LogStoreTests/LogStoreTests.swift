import Testing

@Suite struct LogStoreTests {}
