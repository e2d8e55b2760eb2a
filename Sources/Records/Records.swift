// Records makes, reads and judges record batches of magic 2 (KIP-98): the bytes that producers send, brokers store and
// consumers fetch, compressed with any of Kafka's codecs.
//
// A producer fills a `RecordBatchBuilder`. A broker asks a `RecordBatchValidator` and sets offset and epoch in place. A
// consumer walks a Fetch answer with a `RecordBatchReader` and opens each batch with a `RecordBatchDecoder`.
