// KafkaProtocol is what goes over the wire: every message declared once, as a struct and one list of its fields with
// their versions, and the two coders that walk such a list (https://kafka.apache.org/protocol).
