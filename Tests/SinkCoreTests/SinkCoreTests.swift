import Testing

@Suite struct SinkCoreTests {}
