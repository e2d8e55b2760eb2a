"""Records to send, and what must come back."""

from collections import defaultdict
from typing import NamedTuple


class Record(NamedTuple):
    key: bytes
    value: bytes
    headers: tuple  # of (name, bytes)
    timestamp: int  # milliseconds


class Received(NamedTuple):
    partition: int
    offset: int
    timestamp: int
    key: bytes
    value: bytes
    headers: tuple


def keyed_records(count, now, keys=100, headers=None):
    """`count` records of `keys` keys, 1 ms apart, the last one at `now`; each value names its place."""
    words = (b"accepted connection from", b"GET /index.html HTTP/1.1", "zażółć gęślą jaźń".encode(), b"\x00\xff\xfe")
    records = []
    for number in range(count):
        key = b"key-%03d" % (number * 7919 % keys)
        value = b"%08d %s %s" % (number, words[number % len(words)], b"x" * (number % 97))
        own = headers if headers is not None else (("number", b"%d" % number), ("source", b"interop"), ("empty", b""))
        records.append(Record(key, value, own, now - count + 1 + number))
    return records


def check_read_back(records, received, check_timestamps=True):
    """What was read is what was sent: each once, all of a key in one partition and in order, offsets dense."""
    assert len(received) == len(records), f"sent {len(records)} records, read {len(received)}"
    by_partition = defaultdict(list)
    for record in received:
        by_partition[record.partition].append(record)
    for partition, of_partition in by_partition.items():
        offsets = [record.offset for record in of_partition]
        assert offsets == list(range(len(offsets))), f"offsets of partition {partition} are not dense or not in order"
    partitions_of_key = defaultdict(set)
    sent_of_key, received_of_key = defaultdict(list), defaultdict(list)
    for record in records:
        sent_of_key[record.key].append(content(record, check_timestamps))
    for partition in sorted(by_partition):
        for record in by_partition[partition]:
            partitions_of_key[record.key].add(partition)
            received_of_key[record.key].append(content(record, check_timestamps))
    for key, sent in sent_of_key.items():
        assert len(partitions_of_key[key]) == 1, f"{key!r} is in partitions {sorted(partitions_of_key[key])}"
        assert received_of_key[key] == sent, f"the records of {key!r} are not those sent, or not in order"


def content(record, with_timestamp):
    return record.value, tuple(record.headers), record.timestamp if with_timestamp else None
