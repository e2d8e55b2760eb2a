"""Each client creates a topic, writes in each codec, reads back, and asks for offsets by time."""

import time

import pytest

from harness import clients, records
from harness.clients import confluent

PARTITIONS = 6


def records_for(client, count):
    headers = None if client.sets_headers_per_record else (("source", b"interop"), ("run", b"1"))
    return records.keyed_records(count, int(time.time() * 1000), headers=headers)


@pytest.mark.parametrize("codec", clients.CODECS)
@pytest.mark.parametrize("name", clients.NAMES)
def test_reads_back_what_it_wrote(broker, name, codec):
    client = clients.client(name)
    sent = records_for(client, 10_000)
    client.create_topic(broker.address, "round-trip", PARTITIONS)
    client.produce(broker.address, "round-trip", codec, sent)
    received = client.read(broker.address, "round-trip", PARTITIONS, len(sent))
    records.check_read_back(sent, received, check_timestamps=client.sets_timestamps)
    broker.check_running()


@pytest.mark.parametrize("reader", clients.NAMES)
def test_reads_what_all_others_wrote(broker, reader):
    """Batches of every client in every codec, in one topic."""
    sent = []
    confluent.create_topic(broker.address, "mixed", PARTITIONS)
    for writer in map(clients.client, clients.NAMES):
        if not writer.sets_timestamps:
            continue
        for codec in clients.CODECS:
            keyed = [
                record._replace(key=record.key + f" {writer.name} {codec}".encode())
                for record in records_for(writer, 100)
            ]
            writer.produce(broker.address, "mixed", codec, keyed)
            sent += keyed
    received = clients.client(reader).read(broker.address, "mixed", PARTITIONS, len(sent))
    records.check_read_back(sent, received)


@pytest.mark.parametrize("name", clients.NAMES)
def test_finds_offsets_by_time(broker, name):
    client = clients.client(name)
    confluent.create_topic(broker.address, "by-time", 1)
    now = int(time.time() * 1000)
    # Several batches, so that the answer needs the index and a look inside a batch.
    sent = records.keyed_records(5_000, now)
    for first in range(0, len(sent), 500):
        confluent.produce(broker.address, "by-time", "lz4", sent[first:first + 500])
    start = sent[0].timestamp
    for milliseconds, expected in [
        (start - 1000, 0), (start, 0), (start + 1, 1), (start + 777, 777), (start + 2500, 2500), (now, 4999),
        (now + 1, None),
    ]:
        found = client.offset_for_time(broker.address, "by-time", 0, milliseconds)
        # librdkafka's command line tells the end where the protocol says that there is none.
        assert found == expected or (name == "kcat" and expected is None and found == 5000), milliseconds - start


def test_topics_are_created_on_first_use(broker):
    sent = records.keyed_records(100, int(time.time() * 1000))
    confluent.produce(broker.address, "first-use", "none", sent)
    received = confluent.read(broker.address, "first-use", PARTITIONS, len(sent))
    records.check_read_back(sent, received)


def test_all_is_there_after_a_restart(broker):
    sent = records.keyed_records(1_000, int(time.time() * 1000))
    confluent.create_topic(broker.address, "kept", PARTITIONS, {"retention.ms": "86400000"})
    confluent.produce(broker.address, "kept", "lz4", sent[:500])
    broker.stop()
    broker.start()
    confluent.produce(broker.address, "kept", "lz4", sent[500:])
    records.check_read_back(sent, confluent.read(broker.address, "kept", PARTITIONS, len(sent)))
