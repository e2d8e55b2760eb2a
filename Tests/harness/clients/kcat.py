"""kcat from Debian: librdkafka of 2022 on the command line."""

import json
import subprocess

from ..records import Received

name = "kcat"
# The command line has neither: all records of one run get the same headers and the time of sending.
sets_timestamps = False
sets_headers_per_record = False
SEPARATOR = b"\x1f"
END = b"\x1e"


def kcat(*arguments, text=b"", seconds=60):
    done = subprocess.run(
        ["kcat", *map(str, arguments)], input=text, capture_output=True, timeout=seconds, check=False)
    assert done.returncode == 0, f"kcat {arguments} ended with {done.returncode}: {done.stderr.decode(errors='replace')}"
    return done.stdout


def create_topic(address, topic, partitions):
    """It has no command for this: asking for a topic's metadata creates it with the broker's num.partitions."""
    kcat("-L", "-b", address, "-t", topic, "-J", "-X", "allow.auto.create.topics=true")
    found = json.loads(kcat("-L", "-b", address, "-t", topic, "-J", "-X", "allow.auto.create.topics=true"))
    topics = {entry["topic"]: len(entry["partitions"]) for entry in found["topics"]}
    assert topics == {topic: partitions}, topics


def produce(address, topic, codec, records):
    headers = []
    for header, value in records[0].headers:
        headers += ["-H", f"{header}={value.decode()}"]
    text = b"".join(record.key + SEPARATOR + record.value + END for record in records)
    kcat(
        "-P", "-b", address, "-t", topic, "-K", SEPARATOR.decode(), "-D", END.decode(), "-z", codec, *headers,
        "-X", "enable.idempotence=true", "-X", "topic.partitioner=murmur2_random", text=text)


def read(address, topic, partitions, count, seconds=60):
    """Reads to the end: each record as lengths and bytes, since values hold anything."""
    text = kcat("-C", "-b", address, "-t", topic, "-o", "beginning", "-e", "-q", "-X", "check.crcs=true",
                "-f", "%p %o %T %K %S %h\\n%k%s\\n", seconds=seconds)
    received = []
    place = 0
    while place < len(text):
        end = text.index(b"\n", place)
        fields = text[place:end].split(b" ", 5)
        partition, offset, timestamp, key_length, value_length = map(int, fields[:5])
        headers = tuple(
            (header.decode(), value) for header, _, value in (pair.partition(b"=") for pair in fields[5].split(b",")))
        key_end = end + 1 + key_length
        value_end = key_end + value_length
        received.append(Received(
            partition, offset, timestamp, text[end + 1:key_end], text[key_end:value_end], headers))
        place = value_end + 1
    return received


def offset_for_time(address, topic, partition, milliseconds):
    text = kcat("-Q", "-b", address, "-t", f"{topic}:{partition}:{milliseconds}").decode()
    offset = int(text.rsplit("offset", 1)[1])
    return None if offset < 0 else offset
