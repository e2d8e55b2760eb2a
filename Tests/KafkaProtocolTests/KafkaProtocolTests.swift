import Testing

@Suite struct KafkaProtocolTests {}
