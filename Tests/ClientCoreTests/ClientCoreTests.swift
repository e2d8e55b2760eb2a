import Testing

@Suite struct ClientCoreTests {}
