#!/usr/bin/env python3
"""Writes the files of one partition, and records of __consumer_offsets, as Apache Kafka 4 lays them out.

No JVM wrote them: this script follows the published layouts, apart from our own code, and its batches are those that
clients sent (Tests/Fuzz/Corpus/record-batches), numbered as a broker numbers them. Layouts:

  .log        record batches of magic 2 (KIP-98), one behind the other
  .index      org.apache.kafka.storage.internals.log.OffsetIndex: relative offset int32, position int32
  .timeindex  …TimeIndex: timestamp int64, relative offset int32; both get an entry before a batch once more than
              index.interval.bytes were appended since the last, the time index one more when a segment is closed
  .snapshot   …ProducerStateManager, version 1: version int16, CRC-32C uint32 of what follows it, count int32, and for
              each producer id int64, epoch int16, last sequence int32, last offset int64, offset delta int32,
              timestamp int64, coordinator epoch int32, first offset of the open transaction int64
  leader-epoch-checkpoint   text: version 0, count, lines of epoch and start offset
  *.record    OffsetCommitKey/Value and GroupMetadataKey/Value of group-coordinator/src/main/resources: the length of
              the key in two bytes, the key, and the value where there is one

Run it again and nothing must change: the files are frozen.
"""

import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from harness import wire  # noqa: E402

INTERVAL = 300
DIRECTORY = HERE / "log" / "frozen-0"
BATCHES = HERE.parent / "Fuzz" / "Corpus" / "record-batches"


def numbered(batch, offset, epoch):
    return struct.pack(">q", offset) + batch[8:12] + struct.pack(">i", epoch) + batch[16:]


def field(batch, layout, place):
    return struct.unpack_from(">" + layout, batch, place)[0]


def batches():
    names = ["librdkafka-none", "kafka-python-lz4", "kafka-python-gzip", "kafka-python-snappy", "kafka-python-zstd"]
    raw = [(BATCHES / f"{name}.batch").read_bytes() for name in names]
    raw += [wire.record_batch([b"first", b"second"], producer=(5001, 3, 0)), wire.record_batch([b"third"], producer=(5001, 3, 2)),
            wire.record_batch([b"of another"], producer=(5002, 0, 2147483647))]
    offset, out = 0, []
    for number, batch in enumerate(raw):
        out.append(numbered(batch, offset, 0 if number < 3 else 2))
        offset += field(batch, "i", 23) + 1
    return out


def partition():
    log, index, times, since, largest, epochs, producers, last = b"", b"", b"", 0, (-1, 0), [], {}, None
    for batch in batches():
        base, delta, timestamp = field(batch, "q", 0), field(batch, "i", 23), field(batch, "q", 35)
        if timestamp > largest[0]:
            largest = timestamp, base + delta
        if since > INTERVAL:
            index += struct.pack(">ii", base + delta, len(log))
            if last is None or largest[0] > last:
                times += struct.pack(">qi", *largest)
                last = largest[0]
            since = 0
        epoch = field(batch, "i", 12)
        if not epochs or epochs[-1][0] != epoch:
            epochs.append((epoch, base))
        producer, producer_epoch, sequence = field(batch, "q", 43), field(batch, "h", 51), field(batch, "i", 53)
        if producer >= 0:
            end = sequence + delta if sequence + delta <= 2147483647 else sequence + delta - 2147483648
            producers[producer] = producer_epoch, end, base + delta, delta
        since += len(batch)
        log += batch
    if last is None or largest[0] > last:
        times += struct.pack(">qi", *largest)
    end = base + delta + 1
    name = "%020d" % 0
    # The timestamp is Kafka's largest of the last batch, and with us when the broker appended it: 1,000,000 in the test.
    entries = b"".join(
        struct.pack(">qhiqiqiq", number, epoch, sequence, offset, delta, 1_000_000, -1, -1)
        for number, (epoch, sequence, offset, delta) in sorted(producers.items()))
    body = struct.pack(">i", len(producers)) + entries
    return {
        f"{name}.log": log, f"{name}.index": index, f"{name}.timeindex": times,
        "%020d.snapshot" % end: struct.pack(">hI", 1, wire.crc32c(body)) + body,
        "leader-epoch-checkpoint": ("0\n%d\n" % len(epochs) + "".join("%d %d\n" % entry for entry in epochs)).encode(),
    }


def text(value):
    return struct.pack(">h", -1) if value is None else struct.pack(">h", len(value)) + value.encode()


def data(value):
    return struct.pack(">i", len(value)) + value


def group_records():
    offset_key = struct.pack(">h", 1) + text("readers") + text("frozen") + struct.pack(">i", 7)
    group_key = struct.pack(">h", 2) + text("readers")
    member = (text("m-1") + text("static-1") + text("client") + text("/127.0.0.1") + struct.pack(">ii", 300_000, 45_000)
              + data(b"\0\1subscription") + data(b"\0\1assignment"))
    found = {
        "offset-v3": (offset_key, struct.pack(">hqi", 3, 4711, 2) + text("note") + struct.pack(">q", 1_790_000_000_123)),
        "offset-tombstone": (offset_key, b""),
        "group-v3": (group_key, struct.pack(">h", 3) + text("consumer") + struct.pack(">i", 5) + text("range") + text("m-1")
                     + struct.pack(">q", 1_790_000_000_456) + struct.pack(">i", 1) + member),
        "group-empty-v3": (group_key, struct.pack(">h", 3) + text("consumer") + struct.pack(">i", 6) + text(None)
                           + text(None) + struct.pack(">q", 1_790_000_000_789) + struct.pack(">i", 0)),
    }
    return {f"{name}.record": struct.pack(">H", len(key)) + key + value for name, (key, value) in found.items()}


def main():
    for directory, files in ((DIRECTORY, partition()), (HERE / "groups", group_records())):
        directory.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (directory / name).write_bytes(content)


if __name__ == "__main__":
    main()
