"""What no client sends: the broker answers or hangs up, says so in one line, and serves everyone else."""

import os
import struct
import time

import pytest

from harness import records, wire
from harness.clients import confluent
from harness.waiting import wait_until

CORRUPT_MESSAGE = 2
UNSUPPORTED_VERSION = 35
INVALID_RECORD = 87


def header(api_key, version):
    return struct.pack(">hhi", api_key, version, 1) + wire.string("hostile")


def nested_arrays():
    """Produce: a million topics of a million partitions, none of which follow."""
    return wire.frame(
        header(0, 3) + wire.string(None) + struct.pack(">hii", -1, 1000, 1_000_000) + wire.string("t")
        + struct.pack(">i", 1_000_000))


FRAMES = {
    "largest-frame": struct.pack(">i", 0x7FFFFFFF) + b"x" * 100,
    "above-the-limit": struct.pack(">i", 200 << 20) + b"x" * 100,
    "negative-length": struct.pack(">i", -1),
    "most-negative-length": struct.pack(">i", -0x80000000),
    "empty-frame": struct.pack(">i", 0),
    "shorter-than-a-header": wire.frame(b"\0\3"),
    "http": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "tls": bytes.fromhex("16030100f4010000f00303") + bytes(239),
    "garbage": bytes(range(255, 155, -1)) * 3,
    "unknown-api": wire.frame(header(999, 0)),
    "negative-api": wire.frame(header(-5, 0)),
    "unknown-version": wire.frame(header(3, 99)),
    "negative-version": wire.frame(header(3, -1)),
    "produce-before-version-3": wire.request(0, 2, 1, struct.pack(">hii", -1, 1000, 0)),
    "body-too-short": wire.frame(header(3, 4)),
    "negative-array": wire.frame(header(3, 1) + struct.pack(">i", -77)),
    "array-of-two-billion": wire.frame(header(3, 1) + struct.pack(">i", 0x7FFFFFFF)),
    "a-million-nested-arrays": nested_arrays(),
    "string-beyond-the-frame": wire.frame(header(3, 1) + struct.pack(">ih", 1, 0x7FFF) + b"short"),
    "negative-string": wire.frame(header(3, 1) + struct.pack(">ih", 1, -9)),
    "client-id-beyond-the-frame": wire.frame(struct.pack(">hhih", 3, 1, 1, 30_000) + b"short"),
    "bytes-beyond-the-frame": wire.frame(
        header(0, 3) + wire.string(None) + struct.pack(">hii", -1, 1000, 1) + wire.string("t")
        + struct.pack(">iii", 1, 0, 0x7FFFFFF0)),
    "endless-varint": wire.frame(header(18, 3) + b"\0" + b"\xff" * 64),
    "tagged-field-beyond-the-frame": wire.frame(header(18, 3) + b"\x01\x05\xff\xff\xff\xff\x07"),
}


@pytest.fixture
def bystander(broker):
    """A connection that was there before and must go on being served."""
    with wire.connect(broker.port) as connection:
        assert wire.ask(connection, wire.API_VERSIONS, 0, 1)
        yield connection


def check_serves_others(broker, bystander):
    broker.check_running()
    assert wire.ask(bystander, wire.API_VERSIONS, 0, 2), "the broker ended a bystander's connection"
    assert wire.answers(broker.port), "the broker takes no new connections"


def lines_about(broker, peer):
    return [line for line in broker.stderr().splitlines() if peer in line]


@pytest.mark.parametrize("name", FRAMES)
def test_frames_that_make_no_sense(broker, bystander, name):
    with wire.connect(broker.port) as connection:
        peer = "%s:%d" % connection.getsockname()
        connection.sendall(FRAMES[name])
        # The protocol's error, or the end of the connection; never silence.
        wire.receive(connection)
        wait_until(lambda: lines_about(broker, peer), f"a line about {peer}", 5, describe=broker.log_tail)
    check_serves_others(broker, bystander)
    assert len(lines_about(broker, peer)) == 1, lines_about(broker, peer)
    assert broker.resident_bytes() < 500 << 20


def test_a_frame_cut_short(broker, bystander):
    for cut in (1, 3, 4, 7, 12):
        with wire.connect(broker.port) as connection:
            connection.sendall(wire.request(3, 1, 1, struct.pack(">i", 0))[:cut])
    check_serves_others(broker, bystander)


def test_connections_that_say_nothing(broker, bystander):
    """Half a frame on each of two hundred connections keeps nobody else waiting."""
    connections = [wire.connect(broker.port) for _ in range(200)]
    try:
        for connection in connections:
            connection.sendall(struct.pack(">i", 1000) + b"x" * 10)
        began = time.monotonic()
        check_serves_others(broker, bystander)
        assert time.monotonic() - began < 2
    finally:
        for connection in connections:
            connection.close()


def test_a_flood_is_logged_with_restraint(broker, bystander):
    before = len(broker.stderr().splitlines())
    for _ in range(300):
        with wire.connect(broker.port) as connection:
            connection.sendall(FRAMES["http"])
            wire.receive(connection)
    check_serves_others(broker, bystander)
    lines = broker.stderr().splitlines()[before:]
    assert 1 <= len(lines) <= 30, f"{len(lines)} lines for 300 bad connections"


def test_random_bytes(broker, bystander, seeded):
    for _ in range(200):
        with wire.connect(broker.port, 5) as connection:
            noise = seeded.randbytes(seeded.randrange(1, 300))
            frames = [noise, wire.frame(noise), wire.frame(header(seeded.randrange(0, 62), seeded.randrange(0, 14)) + noise)]
            try:
                connection.sendall(seeded.choice(frames))
            except (BrokenPipeError, ConnectionResetError):
                pass
    check_serves_others(broker, bystander)


def test_an_unknown_version_of_api_versions(broker):
    """Answered in version 0, so that any client can read what there is (KIP-511)."""
    with wire.connect(broker.port) as connection:
        # The header has tagged fields from version 3 on; what follows it nobody can know.
        answer = wire.ask(connection, wire.API_VERSIONS, 99, 5, b"\0" + b"unknown")
        correlation, error, count = struct.unpack_from(">ihi", answer)
        ranges = {key: (low, high) for key, low, high in struct.iter_unpack(">hhh", answer[10:10 + 6 * count])}
        assert (correlation, error) == (5, UNSUPPORTED_VERSION)
        assert wire.API_VERSIONS in ranges
        # The connection goes on.
        answer = wire.ask(connection, wire.API_VERSIONS, 0, 6)
        correlation, error, count = struct.unpack_from(">ihi", answer)
        assert (correlation, error) == (6, 0)
        ranges = {key: (low, high) for key, low, high in struct.iter_unpack(">hhh", answer[10:10 + 6 * count])}
        # librdkafka turns lz4 off where Produce 0 is missing.
        assert ranges[wire.PRODUCE][0] == 0


GOOD = [b"one", b"two", b"three"]
BATCHES = {
    "wrong-crc": (wire.record_batch(GOOD, crc=12345), {CORRUPT_MESSAGE}),
    "unknown-magic": (wire.record_batch(GOOD, magic=9), {CORRUPT_MESSAGE, INVALID_RECORD, 43}),
    "length-too-large": (wire.record_batch(GOOD, length=10_000), {CORRUPT_MESSAGE, INVALID_RECORD}),
    "length-too-small": (wire.record_batch(GOOD, length=20), {CORRUPT_MESSAGE, INVALID_RECORD}),
    "negative-length": (wire.record_batch(GOOD, length=-1), {CORRUPT_MESSAGE, INVALID_RECORD}),
    "count-too-large": (wire.record_batch(GOOD, count=4), {CORRUPT_MESSAGE, INVALID_RECORD}),
    "count-too-small": (wire.record_batch(GOOD, count=2), {CORRUPT_MESSAGE, INVALID_RECORD}),
    "negative-count": (wire.record_batch(GOOD, count=-3), {CORRUPT_MESSAGE, INVALID_RECORD}),
    "count-of-two-billion": (wire.record_batch(GOOD, count=0x7FFFFFFF, last_offset=0x7FFFFFFE), {CORRUPT_MESSAGE, INVALID_RECORD}),
    "last-offset-not-of-the-count": (wire.record_batch(GOOD, last_offset=7), {CORRUPT_MESSAGE, INVALID_RECORD}),
    "negative-last-offset": (wire.record_batch(GOOD, last_offset=-2), {CORRUPT_MESSAGE, INVALID_RECORD}),
    "no-records": (wire.record_batch([], last_offset=0), {CORRUPT_MESSAGE, INVALID_RECORD}),
    "records-of-garbage": (wire.record_batch(GOOD, records=b"\xff" * 60), {CORRUPT_MESSAGE, INVALID_RECORD}),
    "record-longer-than-the-batch": (
        wire.record_batch([b"x"], records=wire.varint(1 << 30) + b"\0" * 20), {CORRUPT_MESSAGE, INVALID_RECORD}),
    "gzip-that-is-none": (wire.record_batch(GOOD, attributes=1), {CORRUPT_MESSAGE, INVALID_RECORD}),
    "snappy-that-is-none": (wire.record_batch(GOOD, attributes=2), {CORRUPT_MESSAGE, INVALID_RECORD}),
    "lz4-that-is-none": (wire.record_batch(GOOD, attributes=3), {CORRUPT_MESSAGE, INVALID_RECORD}),
    "zstd-that-is-none": (wire.record_batch(GOOD, attributes=4), {CORRUPT_MESSAGE, INVALID_RECORD}),
    "unknown-codec": (wire.record_batch(GOOD, attributes=6), {CORRUPT_MESSAGE, INVALID_RECORD, 76}),
    "cut-short": (wire.record_batch(GOOD)[:40], {CORRUPT_MESSAGE, INVALID_RECORD}),
    "header-only": (wire.record_batch(GOOD)[:61], {CORRUPT_MESSAGE, INVALID_RECORD}),
    "two-batches": (wire.record_batch(GOOD) * 2, {CORRUPT_MESSAGE, INVALID_RECORD}),
    "control-batch": (wire.record_batch(GOOD, attributes=0x20), {CORRUPT_MESSAGE, INVALID_RECORD}),
}


@pytest.mark.parametrize("name", BATCHES)
def test_batches_that_are_wrong(broker, bystander, name):
    """Nothing wrong is stored, the connection lives, and what is stored can be read."""
    batch, errors = BATCHES[name]
    confluent.create_topic(broker.address, "target", 1)
    with wire.connect(broker.port) as connection:
        peer = "%s:%d" % connection.getsockname()
        assert wire.produce(connection, "target", wire.record_batch(GOOD), 1) == 0
        assert wire.produce(connection, "target", batch, 2) in errors
        assert wire.produce(connection, "target", wire.record_batch([b"four"]), 3) == 0
    wait_until(lambda: lines_about(broker, peer), f"a line about {peer}", 5, describe=broker.log_tail)
    values = [record.value for record in confluent.read(broker.address, "target", 1, 4)]
    assert values == [*GOOD, b"four"]
    check_serves_others(broker, bystander)


def test_good_traffic_beside_bad(broker, seeded):
    """Ten thousand records pass while others send nonsense."""
    import threading

    end = threading.Event()

    def attack():
        while not end.is_set():
            try:
                with wire.connect(broker.port, 5) as connection:
                    connection.sendall(FRAMES[seeded.choice(sorted(FRAMES))] + os.urandom(50))
                    wire.receive(connection)
            except OSError:
                pass

    attackers = [threading.Thread(target=attack) for _ in range(3)]
    for attacker in attackers:
        attacker.start()
    try:
        sent = records.keyed_records(10_000, int(time.time() * 1000))
        confluent.create_topic(broker.address, "peaceful", 6)
        confluent.produce(broker.address, "peaceful", "lz4", sent)
        records.check_read_back(sent, confluent.read(broker.address, "peaceful", 6, len(sent)))
    finally:
        end.set()
        for attacker in attackers:
            attacker.join()
    broker.check_running()
