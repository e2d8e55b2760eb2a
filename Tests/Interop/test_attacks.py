"""Clients with bad intentions: what they send costs them more than it costs the broker, and honest ones are served beside."""

import gzip
import socket
import struct
import threading
import time

import pytest

from harness import wire
from harness.clients import confluent
from harness.paths import binary
from harness.process import run
from harness.waiting import wait_until

FETCH = 1
LIST_OFFSETS = 2
JOIN_GROUP = 11
CREATE_TOPICS = 19
DESCRIBE_CONFIGS = 32

LARGEST = 0x7FFFFFFFFFFFFFFF
SMALLEST = -0x8000000000000000
LARGEST_INT = 0x7FFFFFFF


class Honest(threading.Thread):
    """Produces a record and reads it, again and again, and notes the longest time that took."""

    def __init__(self, broker):
        super().__init__(daemon=True)
        self.port = broker.port
        self.ended = threading.Event()
        self.rounds = 0
        self.slowest = 0
        self.failure = None
        confluent.create_topic(broker.address, "honest", 1)

    def run(self):
        batch = wire.record_batch([b"x" * 200])
        try:
            with wire.connect(self.port, 60) as connection:
                while not self.ended.wait(0.005):
                    began = time.monotonic()
                    assert wire.produce(connection, "honest", batch) == 0
                    assert wire.ask(connection, FETCH, 4, 2, fetch_body("honest", self.rounds)) is not None
                    self.slowest = max(self.slowest, time.monotonic() - began)
                    self.rounds += 1
        except (AssertionError, OSError) as error:
            self.failure = error

    def finish(self):
        self.ended.set()
        self.join(60)
        assert self.failure is None, f"the honest client failed: {self.failure!r}"
        assert self.rounds > 0
        return self.slowest


@pytest.fixture
def honest(broker):
    client = Honest(broker)
    client.start()
    yield client
    client.ended.set()


def fetch_body(topic, offset, wait=0, minimum=1, copies=1):
    return (struct.pack(">iiiib", -1, wait, minimum, 1 << 20, 0) + struct.pack(">i", 1) + wire.string(topic)
            + struct.pack(">i", copies) + struct.pack(">iqi", 0, offset, 1 << 20) * copies)


def join_body(group, session=30_000, rebalance=60_000, protocols=(b"range",)):
    names = b"".join(struct.pack(">h", len(name)) + name + struct.pack(">i", 1) + b"x" for name in protocols)
    return (wire.string(group) + struct.pack(">ii", session, rebalance) + wire.string("") + wire.string("consumer")
            + struct.pack(">i", len(protocols)) + names)


# A request of about a megabyte that names the same thing again and again, and the most its answer may have.
REPETITIONS = {
    "metadata": (3, 4, struct.pack(">i", 200_000) + wire.string("wide") * 200_000 + b"\0", 100_000),
    "configs": (DESCRIBE_CONFIGS, 1,
                struct.pack(">i", 100_000) + (b"\4" + wire.string("1") + struct.pack(">i", -1)) * 100_000 + b"\1", 100_000),
    "fetch": (FETCH, 4, fetch_body("honest", 0, copies=100_000), 2 << 20),
    "offsets by time": (LIST_OFFSETS, 1, struct.pack(">ii", -1, 1) + wire.string("honest") + struct.pack(">i", 100_000)
                        + struct.pack(">iq", 0, 1) * 100_000, 3 << 20),
}


@pytest.mark.parametrize("name", REPETITIONS)
def test_repetitions_are_answered_once(broker, honest, name):
    key, version, body, limit = REPETITIONS[name]
    confluent.create_topic(broker.address, "wide", 100)
    before = broker.resident_bytes()
    with wire.connect(broker.port, 30) as connection:
        began = time.monotonic()
        answer = wire.ask(connection, key, version, 1, body)
        assert answer is not None and len(answer) <= limit
        assert time.monotonic() - began < 5
    assert honest.finish() < 2
    assert broker.resident_bytes() - before < 200 << 20


def test_extremes_of_numbers(broker, honest):
    """Offsets, times and counts at the ends of their types: errors at most, and the broker comes back with its data."""
    confluent.create_topic(broker.address, "edge", 1)

    def ask(key, version, body, seconds=0.2):
        with wire.connect(broker.port, seconds) as connection:
            try:
                wire.ask(connection, key, version, 1, body)
            except TimeoutError:
                pass  # It waits, as it was asked to.

    def stamped(base, latest, delta=b"\0"):
        rest = b"\0" + delta + b"\0" + wire.varint(1) + b"k" + wire.varint(1) + b"v" + b"\0"
        checked = struct.pack(">hiqqqhii", 0, 0, base, latest, -1, -1, -1, 1) + wire.varint(len(rest)) + rest
        rest = struct.pack(">ibI", 0, 2, wire.crc32c(checked)) + checked
        return struct.pack(">qi", 0, len(rest)) + rest

    for base in (LARGEST, SMALLEST, -1, 0):
        for latest in (LARGEST, SMALLEST, -1):
            for delta in (b"\0", b"\1", b"\xff" * 9 + b"\1", b"\xfe" + b"\xff" * 8 + b"\1"):
                ask(wire.PRODUCE, 3, wire.produce_body("edge", 0, stamped(base, latest, delta)), 10)
    for producer in ((LARGEST, 32767, LARGEST_INT), (LARGEST, 32767, LARGEST_INT), (0, 0, LARGEST_INT), (5, -1, 0),
                     (5, 0, -1), (SMALLEST, 0, 0)):
        ask(wire.PRODUCE, 3, wire.produce_body("edge", 0, wire.record_batch([b"v"], producer=producer)), 10)
    for number in (LARGEST, SMALLEST, LARGEST - 1, -1, 0):
        for wait in (LARGEST_INT, -LARGEST_INT - 1):
            for minimum in (LARGEST_INT, -LARGEST_INT - 1, 0):
                ask(FETCH, 4, fetch_body("edge", number, wait, minimum))
        for key, version, body in (
                (LIST_OFFSETS, 1, struct.pack(">ii", -1, 1) + wire.string("edge") + struct.pack(">iiq", 1, 0, number)),
                (8, 2, wire.string("e") + struct.pack(">i", -1) + wire.string("") + struct.pack(">qi", number, 1)
                 + wire.string("edge") + struct.pack(">iiq", 1, 0, number) + wire.string("")),
        ):
            ask(key, version, body, 5)
    for session in (LARGEST_INT, -LARGEST_INT - 1, 0, 6000):
        for rebalance in (LARGEST_INT, -LARGEST_INT - 1, 0):
            ask(JOIN_GROUP, 1, join_body("edge", session, rebalance))
    for count in (LARGEST_INT, -LARGEST_INT - 1, 0):
        ask(CREATE_TOPICS, 0, struct.pack(">i", 1) + wire.string(f"edge{count}") + struct.pack(">ihiii", count, 1, 0, 0, 100), 10)
    assert honest.finish() < 2
    # Nothing of that keeps it busy.
    before = broker.processor_seconds()
    time.sleep(2)
    assert broker.processor_seconds() - before < 0.5
    broker.stop()
    broker.start()
    assert len(confluent.read(broker.address, "honest", 1, honest.rounds)) == honest.rounds


def test_groups_without_end(broker, honest):
    """Groups of members that go away at once and may wait for next to nothing."""
    for round_number in range(4):
        connections = []
        for number in range(500):
            connection = wire.connect(broker.port)
            connection.sendall(wire.request(JOIN_GROUP, 1, 1, join_body(f"g{round_number}-{number}", 6000, 0)))
            connections.append(connection)
        for connection in connections:
            connection.close()
    assert honest.finish() < 2
    # What is left of them does not keep the broker busy; the sessions end after six seconds.
    before = broker.processor_seconds()
    time.sleep(8)
    assert broker.processor_seconds() - before < 3
    broker.check_running()


def test_readers_that_never_read(broker, honest):
    """They ask for much and take nothing: bounded memory in all, and the honest client does not wait for them."""
    confluent.create_topic(broker.address, "wide", 5000)
    before = broker.resident_bytes()
    connections = []
    try:
        for _ in range(150):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", broker.port))
            connection.setblocking(False)
            connections.append(connection)
            try:
                connection.send(wire.request(3, 1, 1, struct.pack(">i", -1)) * 300)
            except BlockingIOError:
                pass
        wait_until(lambda: honest.rounds > 300, "the honest client to be served", 60)
        assert broker.resident_bytes() - before < 700 << 20
    finally:
        for connection in connections:
            connection.close()
    assert honest.finish() < 3


def test_connects_without_end(broker, honest, tell):
    """As many as one client can make, for a few seconds: 100,000 a minute and more on a machine that has nothing else to do."""
    began = time.monotonic()
    count = 0
    while time.monotonic() - began < 6:
        with socket.create_connection(("127.0.0.1", broker.port), 10):
            count += 1
    rate = count / (time.monotonic() - began) * 60
    slowest = honest.finish()
    tell(f"{rate:,.0f} connects a minute; the honest client waited {slowest * 1000:.0f} ms at most")
    assert count > 1000
    assert slowest < 2
    assert broker.resident_bytes() < 300 << 20


def lying_batches():
    """By name, batches whose header is right and whose records are not, and the error and index that `full` answers."""
    good = [wire.plain_record(number, b"good") for number in range(3)]
    deep = b"".join(wire.plain_record(number, b"x" * 500) for number in range(40))
    packed = gzip.compress(deep)
    zeros = bytes(80 << 20)
    bomb = b"\0\0\0\2k" + wire.varint(len(zeros)) + zeros + b"\0"
    return {
        "offset delta of -1": (wire.record_batch([b""] * 3, records=good[0] + wire.plain_record(-1, b"x") + good[2]), 87, 1),
        "offset delta of 2^31-1": (
            wire.record_batch([b""] * 3, records=good[0] + good[1] + wire.plain_record(LARGEST_INT, b"x")), 87, 2),
        "one offset twice": (wire.record_batch([b""] * 3, records=good[0] + good[0] + good[2]), 87, 1),
        "fewer records than it says": (wire.record_batch([b""] * 3, records=good[0] + good[1]), 87, 2),
        "more records than it says": (wire.record_batch([b""] * 2, records=b"".join(good)), 87, 2),
        "a key beyond the record": (
            wire.record_batch([b""] * 2, records=good[0] + wire.varint(7) + b"\0\0\2" + wire.varint(90) + b"ab"), 87, 1),
        "half of a gzip stream": (
            wire.record_batch([b""] * 40, attributes=1, records=packed[:len(packed) // 2]), 2, None),
        "a bomb": (
            wire.record_batch([b""], attributes=1, records=gzip.compress(wire.varint(len(bomb)) + bomb, 1)), 87, 0),
    }


def refusal(answer, topic):
    """Error and index of the first bad record in an answer to Produce, version 8."""
    place = 4 + 4 + 2 + len(topic) + 4 + 4
    error, = struct.unpack_from(">h", answer, place)
    count, = struct.unpack_from(">i", answer, place + 2 + 8 + 8 + 8)
    return error, struct.unpack_from(">i", answer, place + 2 + 8 + 8 + 8 + 4)[0] if count > 0 else None


def test_batches_that_lie_inside_are_refused(broker):
    """At `record.validation: full`, with the index of the first bad record."""
    confluent.create_topic(broker.address, "full", 1)
    with wire.connect(broker.port, 30) as connection:
        for name, (batch, error, index) in lying_batches().items():
            answer = wire.ask(connection, wire.PRODUCE, 8, 1, wire.produce_body("full", 0, batch))
            found, place = refusal(answer, "full")
            assert found == error, name
            assert place == index if index is not None else place is not None, name
        assert wire.produce(connection, "full", wire.record_batch([b"good"])) == 0
    assert [record.value for record in confluent.read(broker.address, "full", 1, 1)] == [b"good"]


def test_our_consumers_step_over_batches_that_lie(programs):
    """At `record.validation: header` they are stored; the tool and the sink say so and read on."""
    broker = programs.broker(settings=("num.partitions=1", "record.validation=header"))
    confluent.create_topic(broker.address, "lies", 1)
    expected = 0
    with wire.connect(broker.port, 30) as connection:
        for batch, _, _ in lying_batches().values():
            assert wire.produce(connection, "lies", batch) == 0
            assert wire.produce(connection, "lies", wire.record_batch([b"after the lie"])) == 0
            expected += 1
    tool = run([binary("splashdam"), "consume", "--topic", "lies", "--brokers", broker.address, "--from", "beginning",
                "--format", "{value}"], 60)
    assert tool.returncode == 0, tool.stderr
    assert tool.stdout.count("after the lie") == expected
    assert tool.stderr.count("stepped over") >= expected - 1, tool.stderr
    out = programs.directory / "out"
    sink = programs.sink(broker, ["lies"], {"type": "file", "path": str(out / "{topic}")})
    wait_until(lambda: (out / "lies").exists() and (out / "lies").read_bytes().count(b"after the lie") == expected,
               "the sink to write what follows the lies", 60, describe=sink.log_tail)
    sink.wait_for_log("cannot be read and are passed over")
    sink.stop()
