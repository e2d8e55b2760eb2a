"""kcat's ways to list, to query and to begin somewhere."""

import json
import time

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from harness.clients import confluent
from harness.clients.kcat import kcat

COUNT = 100


@pytest.fixture
def logs(broker):
    """A topic of two partitions: a hundred records in the first, none in the second; returns the first one's times."""
    confluent.create_topic(broker.address, "logs", 2)
    start = int(time.time() * 1000) - 1000
    lines = b"".join(b"line-%d\n" % index for index in range(COUNT))
    kcat("-P", "-b", broker.address, "-t", "logs", "-p", 0, text=lines)
    text = kcat("-C", "-b", broker.address, "-t", "logs", "-p", 0, "-e", "-q", "-f", "%T\\n").decode()
    times = [int(line) for line in text.split()]
    assert len(times) == COUNT and min(times) > start
    return times


def consume(broker, *arguments):
    text = kcat("-C", "-b", broker.address, "-t", "logs", "-e", "-q", "-f", "%p %o %s\\n", *arguments).decode()
    return [line.split() for line in text.splitlines()]


def expected(offsets):
    return [["0", str(offset), f"line-{offset}"] for offset in offsets]


def test_lists_the_cluster(broker, logs):
    found = json.loads(kcat("-L", "-b", broker.address, "-J"))
    assert [node["name"] for node in found["brokers"]] == [broker.address]
    assert found["controllerid"] == found["brokers"][0]["id"]
    topics = {topic["topic"]: topic for topic in found["topics"]}
    assert [partition["partition"] for partition in topics["logs"]["partitions"]] == [0, 1]
    one = json.loads(kcat("-L", "-b", broker.address, "-J", "-t", "logs"))
    assert [topic["topic"] for topic in one["topics"]] == ["logs"]
    text = kcat("-L", "-b", broker.address, "-t", "logs").decode()
    assert 'topic "logs" with 2 partitions' in text


def test_tells_a_topic_that_is_not_there(programs):
    # It asks for topics as one does who is about to use them.
    broker = programs.broker(settings=("auto.create.topics.enable=false",))
    text = kcat("-L", "-b", broker.address, "-t", "missing").decode()
    assert "Unknown topic or partition" in text


@pytest.mark.parametrize("offset, first", [("beginning", 0), (0, 0), (42, 42), (-7, COUNT - 7), ("end", COUNT)])
def test_begins_where_it_is_told(broker, logs, offset, first):
    assert consume(broker, "-p", 0, "-o", offset) == expected(range(first, COUNT))


def test_reads_all_partitions_and_counts(broker, logs):
    assert consume(broker, "-o", "beginning") == expected(range(COUNT))
    assert consume(broker, "-p", 0, "-o", 10, "-c", 5) == expected(range(10, 15))
    assert consume(broker, "-p", 1, "-o", "beginning") == []


def test_reads_between_two_times(broker, logs):
    begin, end = logs[0], logs[-1] + 1
    assert consume(broker, "-p", 0, "-o", f"s@{begin}") == expected(range(COUNT))
    assert consume(broker, "-p", 0, "-o", f"s@{begin}", "-o", f"e@{end}") == expected(range(COUNT))
    assert consume(broker, "-p", 0, "-o", f"s@{end}") == []


def test_queries_offsets_by_time(broker, logs):
    def query(*places):
        arguments = [argument for place in places for argument in ("-t", place)]
        found = {}
        for line in kcat("-Q", "-b", broker.address, *arguments).decode().splitlines():
            place, _, offset = line.rpartition(" offset ")
            found[place] = int(offset)
        return found

    assert query(f"logs:0:{logs[0]}") == {"logs [0]": 0}
    assert query(f"logs:0:{logs[0] - 1}", f"logs:1:{logs[0]}") == {"logs [0]": 0, "logs [1]": -1}
    middle = logs[COUNT // 2]
    assert query(f"logs:0:{middle}") == {"logs [0]": logs.index(middle)}
    assert query("logs:0:-1") == {"logs [0]": COUNT}
    assert query("logs:0:-2") == {"logs [0]": 0}


def test_a_group_goes_on_where_it_was(broker, logs):
    def read(count):
        text = kcat(
            "-G", "readers", "-b", broker.address, "-q", "-c", count, "-f", "%o\\n", "-X", "auto.offset.reset=earliest",
            "logs").decode()
        return [int(line) for line in text.split()]

    assert read(30) == list(range(30))
    assert read(20) == list(range(30, 50))


def test_what_was_deleted_is_not_read(broker, logs):
    admin = AdminClient({"bootstrap.servers": broker.address, **confluent.QUIET})
    place = TopicPartition("logs", 0, 60)
    admin.delete_records([place])[place].result(20)
    assert consume(broker, "-p", 0, "-o", "beginning") == expected(range(60, COUNT))
    # An offset that is gone: kcat goes where it was told to go then.
    assert consume(broker, "-p", 0, "-o", 5, "-X", "auto.offset.reset=earliest") == expected(range(60, COUNT))
    assert confluent.watermarks(broker.address, "logs", 0) == (60, COUNT)
