// Coordination keeps consumer groups: who is a member, which generation is current, which offsets are committed. One
// `GroupCoordinator` answers for the groups of one partition of `__consumer_offsets`. It is a value: events and the time
// go in, effects come out. What must survive is written to that partition as Kafka's own records, and whoever asked is
// answered once the records are committed.
//
// A group speaks the classic protocol, in which its members assign partitions among themselves, or the next-generation
// one (KIP-848, ConsumerGroups/), in which the coordinator does; it moves from one to the other while it runs.
//
// The rules are those of Kafka 4.3's coordinator, but for these:
// - A request that a member replaces by another (JoinGroup, SyncGroup) is answered with REBALANCE_IN_PROGRESS; Kafka
//   never answers it.
// - A static member may come back to a group that has its maximum size.
// - A group is not written before its first generation is assigned or its first offset is committed.
// - A group that is being deleted answers COORDINATOR_NOT_AVAILABLE until its tombstones are committed.
// - Of the next-generation protocol: see docs/GROUPS.md.
// - Group ids, groups, members, what members send, and offsets are bounded (`GroupConfiguration`): GROUP_MAX_SIZE_REACHED
//   where it concerns the members of a group, POLICY_VIOLATION elsewhere.
