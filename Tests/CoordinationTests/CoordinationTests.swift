import Testing

@Suite struct CoordinationTests {}
