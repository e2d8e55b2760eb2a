"""Requests on one connection are answered in order, those on others do not wait for them."""

import struct
import time

from harness import wire
from harness.clients import confluent

FETCH = 1


def fetch_body(topic, wait_milliseconds, offset=0, minimum=1):
    """Fetch, version 4, of partition 0."""
    return (struct.pack(">iiiib", -1, wait_milliseconds, minimum, 1 << 20, 0) + struct.pack(">i", 1) + wire.string(topic)
            + struct.pack(">iiqi", 1, 0, offset, 1 << 20))


def correlation(answer):
    return struct.unpack_from(">i", answer)[0]


def test_pipelined_requests_are_answered_in_order(broker):
    confluent.create_topic(broker.address, "lined-up", 1)
    with wire.connect(broker.port) as connection:
        batch = wire.record_batch([b"x" * 100] * 5)
        requests, expected = b"", []
        for number in range(300):
            if number % 3 == 0:
                requests += wire.request(wire.PRODUCE, 3, number, wire.produce_body("lined-up", 0, batch))
            elif number % 3 == 1:
                requests += wire.request(wire.API_VERSIONS, 0, number)
            else:
                requests += wire.request(FETCH, 4, number, fetch_body("lined-up", 50, offset=0))
            expected.append(number)
        connection.sendall(requests)
        assert [correlation(wire.receive(connection)) for _ in expected] == expected


def test_a_slow_request_delays_only_its_own_connection(broker):
    confluent.create_topic(broker.address, "slow", 1)
    with wire.connect(broker.port) as waiting, wire.connect(broker.port) as quick:
        began = time.monotonic()
        waiting.sendall(wire.request(FETCH, 4, 1, fetch_body("slow", 3000)) + wire.request(wire.API_VERSIONS, 0, 2))
        for number in range(100):
            assert correlation(wire.ask(quick, wire.API_VERSIONS, 0, number)) == number
        assert time.monotonic() - began < 1.5
        assert correlation(wire.receive(waiting)) == 1
        assert time.monotonic() - began > 2.5, "the fetch did not wait for records"
        assert correlation(wire.receive(waiting)) == 2


def test_a_waiting_fetch_is_woken_by_a_produce(broker):
    confluent.create_topic(broker.address, "woken", 1)
    with wire.connect(broker.port) as waiting, wire.connect(broker.port) as producing:
        waiting.sendall(wire.request(FETCH, 4, 1, fetch_body("woken", 8000)))
        began = time.monotonic()
        assert wire.produce(producing, "woken", wire.record_batch([b"wake up"])) == 0
        answer = wire.receive(waiting)
        assert time.monotonic() - began < 2
        assert correlation(answer) == 1 and b"wake up" in answer


def test_acks_0_is_not_answered_and_1_is(broker):
    confluent.create_topic(broker.address, "acked", 1)
    batch = wire.record_batch([b"one", b"two"])
    with wire.connect(broker.port) as connection:
        connection.sendall(wire.request(wire.PRODUCE, 3, 1, wire.produce_body("acked", 0, batch, acks=0)))
        answer = wire.ask(connection, wire.PRODUCE, 3, 2, wire.produce_body("acked", 0, batch, acks=1))
        assert correlation(answer) == 2 and wire.produce_error(answer, "acked") == 0
        answer = wire.ask(connection, wire.PRODUCE, 3, 3, wire.produce_body("acked", 0, batch, acks=5))
        assert wire.produce_error(answer, "acked") == 21, "acks=5 is INVALID_REQUIRED_ACKS"
    assert len(confluent.read(broker.address, "acked", 1, 4)) == 4


def test_an_idempotent_batch_sent_twice_is_stored_once(broker):
    """The second is answered with the first's offset; a gap in the sequence is refused."""
    confluent.create_topic(broker.address, "once", 1)
    with wire.connect(broker.port) as connection:
        # InitProducerId, version 0: no transaction.
        answer = wire.ask(connection, 22, 0, 1, wire.string(None) + struct.pack(">i", 60_000))
        _, _, error, producer, epoch = struct.unpack(">iihqh", answer)
        assert error == 0

        def send(sequence, number):
            batch = wire.record_batch([b"a", b"b"], producer=(producer, epoch, sequence))
            answer = wire.ask(connection, wire.PRODUCE, 3, number, wire.produce_body("once", 0, batch))
            place = 4 + 4 + 2 + len("once") + 4 + 4
            return struct.unpack_from(">hq", answer, place)

        assert send(0, 2) == (0, 0)
        assert send(2, 3) == (0, 2)
        assert send(0, 4) == (0, 0)
        assert send(2, 5) == (0, 2)
        assert send(9, 6)[0] == 45, "OUT_OF_ORDER_SEQUENCE_NUMBER"
    broker.stop()
    broker.start()
    with wire.connect(broker.port) as connection:
        assert send(2, 7) == (0, 2)
        assert send(4, 8) == (0, 4)
    assert len(confluent.read(broker.address, "once", 1, 6)) == 6
