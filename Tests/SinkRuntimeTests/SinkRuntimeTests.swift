import Testing

@Suite struct SinkRuntimeTests {}
