import Testing

@Suite struct BrokerCoreTests {}
