// SinkRuntime runs SinkCore's outputs as a member of a consumer group.
//
//   SinkConfiguration   what `sink.yaml` says, checked
//   SinkWorker          takes what the consumer fetches, flushes, commits, and gives partitions up in order
//   SinkConsumer        what it needs of a consumer; `KafkaSinkConsumer` is the real one
//   StandardOutput      standard output, whose reader may be slow
//
// The worker has a thread of its own, where waiting for a disk or a reader disturbs nobody: heartbeats and fetches are the
// client's.
