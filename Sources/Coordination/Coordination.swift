// Coordination keeps consumer groups: who is a member, which generation is current, which offsets are committed. One
// `GroupCoordinator` answers for the groups of one partition of `__consumer_offsets`. It is a value: events and the time
// go in, effects come out. What must survive is written to that partition as Kafka's own records, and whoever asked is
// answered once the records are committed.
