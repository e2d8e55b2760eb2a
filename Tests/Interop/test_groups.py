"""Three members of a group: they join, one leaves, one is killed, and every record is read without a committed one twice."""

import signal
import sys
from collections import defaultdict

import pytest

from harness.clients import confluent
from harness.history import History
from harness.paths import REPOSITORY
from harness.stream import PARTITIONS, TOPIC, Stream
from harness.waiting import wait_until

MEMBERS = [
    ("confluent", "range"), ("confluent", "cooperative-sticky"), ("confluent", "roundrobin"), ("aiokafka_client", None),
    ("kafka_python", None),
]


@pytest.mark.parametrize("client,assignor", MEMBERS, ids=["-".join(filter(None, member)) for member in MEMBERS])
def test_members_share_come_and_go(broker, programs, tell, client, assignor):
    confluent.create_topic(broker.address, TOPIC, PARTITIONS)

    def member(name):
        command = [sys.executable, "-m", "harness.members", client, broker.address, "workers", TOPIC]
        return programs.other(
            name, command + ([assignor] if assignor else []),
            environment={"PYTHONPATH": str(REPOSITORY / "Tests")})

    def all_owned_by(*members):
        def owned():
            for one in members:
                one.check_running()
            owners = {name: held for name, held in History(members).owners().items()}
            return set(owners) == {one.name for one in members} and sorted(
                partition for held in owners.values() for partition in held) == list(range(PARTITIONS))

        wait_until(owned, f"{', '.join(one.name for one in members)} to share the partitions", 40,
                   describe=lambda: str(History(members).owners()))

    stream = Stream(broker.address)
    try:
        first = member("first")
        all_owned_by(first)
        second, third = member("second"), member("third")
        all_owned_by(first, second, third)
        wait_until(lambda: all(any(event.name == "committed" for event in History([one]).events)
                               for one in (second, third)), "commits of the new members")
        second.stop()
        all_owned_by(first, third)
        third.kill()
        all_owned_by(first)
    finally:
        sent = stream.finish()
    members = [first, second, third]
    wait_until(lambda: History(members).values() >= sent, "all records to be read", 30,
               describe=lambda: f"missing: {len(sent - History(members).values())} of {len(sent)}")
    first.stop()
    history = History(members)
    assert history.values() == sent
    history.check()
    ends = {partition: confluent.watermarks(broker.address, TOPIC, partition)[1] for partition in range(PARTITIONS)}
    assert confluent.committed(broker.address, "workers", TOPIC, PARTITIONS) == ends
    tell(f"{len(sent)} records, {history.repeated()} of them read again, uncommitted, after the kill")


def kcat_records(process):
    """(partition, offset, value) of each whole line."""
    return [
        (int(partition), int(offset), value.decode())
        for partition, offset, value in (line.split(b" ", 2) for line in process.stdout().split(b"\n")[:-1])
    ]


def test_kcat_members_come_and_go(broker, programs, tell):
    """kcat commits by itself, every 100 ms, what it has written."""
    confluent.create_topic(broker.address, TOPIC, PARTITIONS)

    def member(name):
        return programs.other(name, [
            "kcat", "-b", broker.address, "-G", "workers", "-u", "-f", "%p %o %s\\n", "-X", "auto.offset.reset=earliest",
            "-X", "auto.commit.interval.ms=100", "-X", "session.timeout.ms=6000", "-X", "heartbeat.interval.ms=500",
            TOPIC,
        ])

    def reads(one, what):
        known = len(kcat_records(one))
        wait_until(lambda: len(kcat_records(one)) > known, f"{one.name} to read on {what}", 40, describe=one.log_tail)

    stream = Stream(broker.address)
    try:
        first = member("first")
        reads(first, "alone")
        second, third = member("second"), member("third")
        for one in (first, second, third):
            reads(one, "as one of three")
        second.stop(number=signal.SIGINT)
        for one in (first, third):
            reads(one, "as one of two")
        before = confluent.committed(broker.address, "workers", TOPIC, PARTITIONS)
        third.kill()
        killed_with = defaultdict(int)
        for partition, offset, _ in kcat_records(third):
            killed_with[partition] = max(killed_with[partition], offset)
    finally:
        sent = stream.finish()

    def read():
        return {value for one in (first, second, third) for _, _, value in kcat_records(one)}

    wait_until(lambda: read() >= sent, "all records to be read", 40, describe=lambda: f"missing: {len(sent - read())}")
    first.stop(number=signal.SIGINT)
    assert read() == sent
    seen = defaultdict(list)
    for one in (first, second, third):
        for partition, offset, _ in kcat_records(one):
            seen[partition, offset].append(one.name)
    repeated = {place: names for place, names in seen.items() if len(names) > 1}
    for (partition, offset), names in repeated.items():
        assert set(names) <= {"first", "third"} and len(names) == 2, f"{partition}/{offset} was read by {names}"
        assert offset >= (before[partition] or 0), f"{partition}/{offset} was committed and read again"
        assert offset <= killed_with[partition]
    tell(f"{len(sent)} records, {len(repeated)} of them read again, uncommitted, after the kill")
