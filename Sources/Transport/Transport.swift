// Transport is what both ends of a Kafka connection share: cutting the byte stream into frames (a size of four bytes,
// then that many bytes), and telling which other protocol knocked when it is not one.
