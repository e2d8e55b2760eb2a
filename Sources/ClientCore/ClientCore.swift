// ClientCore decides what a client of a Kafka cluster does, without sockets, clocks or tasks: values that take an event and
// the time, and append effects for a shell (ClientRuntime, or a simulator) to carry out.
//
//   MetadataCache                       who the brokers are, who leads what, when to ask again
//   RecordAccumulator, ProducerCore     batches, sequences, requests on the way, retries in order
//   FetchCore                           positions, fetch sessions, what is buffered
//   GroupMembership, GroupOptions.Assignor   joining, assigning, giving up and taking partitions
