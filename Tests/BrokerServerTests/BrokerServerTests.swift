import Testing

@Suite struct BrokerServerTests {}
