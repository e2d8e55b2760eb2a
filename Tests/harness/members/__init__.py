"""Group members as processes of their own, so that one can be killed:

    python -m harness.members CLIENT ADDRESS GROUP TOPIC [ASSIGNOR]

A member reads, writes down each record, commits what it has written down, and only then reads on. SIGTERM makes it leave
in order. Each line of its stdout is an event: `{"t": CLOCK_MONOTONIC in ns, "event": …}`, with
`assigned`/`revoked` (`partitions`), `record` (`p`, `o`, `v`), `committed` (`offsets`: partition → next offset), `refused`
(`reason`: a commit that failed) and `left`.
"""
