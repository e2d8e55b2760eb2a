"""What the members of a group did, and whether they were right."""

import json
from collections import defaultdict
from typing import NamedTuple


class Event(NamedTuple):
    time: int
    member: str
    name: str
    fields: dict


def read_events(process):
    """The whole lines a member has written so far; the last may be cut short by a kill."""
    events = []
    for line in process.stdout().split(b"\n")[:-1]:
        fields = json.loads(line)
        events.append(Event(fields["t"], process.name, fields["event"], fields))
    return events


class History:
    """The events of all members, in the order of the machine's clock."""

    def __init__(self, members):
        self.events = sorted((event for member in members for event in read_events(member)), key=lambda it: it.time)

    def records(self):
        return [event for event in self.events if event.name == "record"]

    def values(self):
        return {event.fields["v"] for event in self.records()}

    def repeated(self):
        """How many records were read a second time."""
        records = self.records()
        return len(records) - len({(event.fields["p"], event.fields["o"]) for event in records})

    def owners(self):
        """The partitions of each member that has any, after its last event."""
        owned = defaultdict(set)
        for event in self.events:
            if event.name == "assigned":
                owned[event.member] |= set(event.fields["partitions"])
            elif event.name == "revoked":
                owned[event.member] -= set(event.fields["partitions"])
            elif event.name == "left":
                owned[event.member] = set()
        return {member: partitions for member, partitions in owned.items() if partitions}

    def check(self):
        """Nobody skipped a record, and nobody read one again that had been committed before."""
        next_committed = defaultdict(int)
        next_read = defaultdict(int)
        reader = {}
        for event in self.events:
            if event.name == "committed":
                for partition, offset in event.fields["offsets"].items():
                    next_committed[int(partition)] = max(next_committed[int(partition)], offset)
            elif event.name == "assigned":
                for partition in event.fields["partitions"]:
                    reader[partition] = None
            elif event.name == "record":
                partition, offset = event.fields["p"], event.fields["o"]
                if reader.get(partition) == event.member:
                    assert offset == next_read[event.member, partition], f"a gap or a step back: {event}"
                else:
                    furthest = max((place for (_, of), place in next_read.items() if of == partition), default=0)
                    assert offset >= next_committed[partition], (
                        f"read again although committed up to {next_committed[partition]}: {event}")
                    assert offset <= furthest, f"records before it were skipped, read up to {furthest}: {event}"
                reader[partition] = event.member
                next_read[event.member, partition] = offset + 1
