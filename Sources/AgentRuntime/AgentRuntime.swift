// AgentRuntime runs the sources of AgentCore and Journal against real files, journals and brokers.
//
//   AgentConfiguration   what `agent.yaml` says, checked
//   Agent                the one thread that reads: waits for inotify, journals and acknowledgements, gives the sources
//                        their turns, stores positions
//   RecordProducer       what it needs of a producer; `KafkaRecordProducer` is the real one
//   DeliveryInbox        what the producer's event loop says, kept until the agent's thread looks
//
// Nothing grows while a broker is away: the producer takes records up to `buffer` bytes, then the sources stop reading.
