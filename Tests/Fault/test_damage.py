"""Files of a broker that was stopped or killed are cut and bent: it starts, serves all that is intact, nothing else,
and says what it lost."""

import json
import shutil
import struct
import time

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition

from harness.clients import confluent
from harness.paths import binary
from harness.process import run
from harness.records import Record

TOPIC = "damaged"
PARTITIONS = 2
GROUP = "readers"
ROUNDS = 40
SETTINGS = [
    # Small ones, so that most segments are closed.
    "log.segment.bytes=16384", "log.index.interval.bytes=1024", "offsets.topic.num.partitions=3",
    "log.flush.offset.checkpoint.interval.ms=500",
]
HEADER = struct.Struct(">qiibIhi")
LENGTH_PREFIX = 12


def fill(broker):
    """Records of which (partition, offset) tells key, value and time."""
    confluent.create_topic(broker.address, TOPIC, PARTITIONS)
    for turn in range(3):
        confluent.produce(
            broker.address, TOPIC, ["none", "lz4", "zstd"][turn],
            [Record(key=b"key %d" % number, value=b"%06d " % number * (1 + number % 30), headers=(),
                    timestamp=1_790_000_000_000 + number) for number in range(turn * 1500, turn * 1500 + 1500)],
            **{"batch.num.messages": 20})


def read(address):
    """All that a consumer gets, by partition and offset."""
    consumer = Consumer({
        "bootstrap.servers": address, "group.id": "unused", "enable.auto.commit": False, "check.crcs": True,
        "enable.partition.eof": True, **confluent.QUIET,
    })
    consumer.assign([TopicPartition(TOPIC, partition, OFFSET_BEGINNING) for partition in range(PARTITIONS)])
    found, ended = {}, set()
    try:
        end = time.monotonic() + 30
        while len(ended) < PARTITIONS:
            assert time.monotonic() < end, f"no end comes; {len(found)} records, partitions {ended} ended"
            for message in consumer.consume(500, 0.2):
                if message.error() is not None:
                    assert message.error().code() == KafkaError._PARTITION_EOF, message.error()
                    ended.add(message.partition())
                    continue
                place = message.partition(), message.offset()
                assert place not in found, f"{place} came twice"
                found[place] = message.key(), message.value(), message.timestamp()[1]
    finally:
        consumer.close()
    return found


def commit(address):
    consumer = Consumer({"bootstrap.servers": address, "group.id": GROUP, **confluent.QUIET})
    try:
        for offset in range(1, 40):
            consumer.commit(
                offsets=[TopicPartition(TOPIC, partition, offset) for partition in range(PARTITIONS)], asynchronous=False)
    finally:
        consumer.close()


def offsets_hit(path, content, damaged):
    """The places of the records in batches that have a byte in the range."""
    partition = int(path.parent.name.rsplit("-", 1)[1])
    position, places = 0, set()
    while position + HEADER.size <= len(content):
        base, length, _, _, _, _, last = HEADER.unpack_from(content, position)
        end = position + LENGTH_PREFIX + length
        if position < damaged.stop and damaged.start < end:
            places.update((partition, offset) for offset in range(base, base + last + 1))
        position = end
    return places


def bend(seeded, path):
    """Damages a file; the bytes that are not what they were."""
    content = bytearray(path.read_bytes())
    place = seeded.randrange(len(content))
    kind = seeded.choice(["cut", "zeroed", "flipped", "flipped", "flipped"])
    damaged = range(place, len(content))
    if kind == "cut":
        del content[place:]
    elif kind == "zeroed":
        content[place:] = bytes(len(content) - place)
    else:
        content[place] ^= 1 << seeded.randrange(8)
        damaged = range(place, place + 1)
    path.write_bytes(content)
    return kind, damaged


def check_round(broker, victim, before, kind, damaged, expected, what):
    log = len(broker.stderr())
    broker.start()
    found = read(broker.address)
    wrong = [place for place, record in found.items() if expected.get(place) != record]
    assert not wrong, f"{what}: other records were served: {[(place, found[place]) for place in wrong[:3]]}"
    missing = set(expected) - set(found)
    is_segment = victim.name.endswith(".log") and victim.parent.name.startswith(TOPIC)
    allowed = offsets_hit(victim, before, damaged) if is_segment else set()
    assert missing <= allowed, f"{what}: {sorted(missing - allowed)[:5]} are missing, and were intact"
    if missing:
        assert victim.name in broker.stderr()[log:] or str(victim.parent) in broker.stderr()[log:], \
            f"{what}: nothing was said\n{broker.log_tail()}"
    if "__consumer_offsets" not in str(victim):
        positions = confluent.committed(broker.address, GROUP, TOPIC, PARTITIONS)
        assert positions == dict.fromkeys(range(PARTITIONS), 39), f"{what}: committed {positions}"
    broker.stop()
    return len(missing)


def rounds(broker, tmp_path, seeded, tell, expected):
    data, saved = broker.data, tmp_path / "saved"
    shutil.copytree(data, saved)
    files = sorted(path.relative_to(saved) for path in saved.rglob("*") if path.is_file() and path.stat().st_size)
    kinds = {path.name if path.parent.name == "" else path.suffix or path.name for path in files}
    tell(f"{len(files)} files: {' '.join(sorted(kinds))}")
    missing = 0
    for turn in range(ROUNDS):
        shutil.rmtree(data)
        shutil.copytree(saved, data)
        # Not nearly all of them segments.
        kind_wanted = seeded.choice(sorted({path.suffix or path.name for path in files}))
        victim = data / seeded.choice([path for path in files if (path.suffix or path.name) == kind_wanted])
        before = victim.read_bytes()
        kind, damaged = bend(seeded, victim)
        what = f"round {turn}, {victim.relative_to(data)} of {len(before)} bytes {kind} at {damaged.start}"
        missing += check_round(broker, victim, before, kind, damaged, expected, what)
        done = run([binary("splashdam"), "log", "repair", data])
        assert done.returncode == 0, f"{what}: {done.stderr}"
        verified = run([binary("splashdam"), "log", "verify", data])
        flawed = [line for line in verified.stdout.splitlines() if not line.startswith("ok")]
        assert verified.returncode == 0, f"{what}: after repair {flawed}"
    tell(f"{ROUNDS} times damaged; {missing} records were lost in what was hit, none besides")


def prepared(programs):
    broker = programs.broker(settings=SETTINGS)
    fill(broker)
    commit(broker.address)
    expected = read(broker.address)
    assert len(expected) == 4500
    return broker, expected


def test_damage_after_an_orderly_end(programs, tmp_path, seeded, tell):
    broker, expected = prepared(programs)
    broker.stop()
    rounds(broker, tmp_path, seeded, tell, expected)


def test_damage_after_a_kill(programs, tmp_path, seeded, tell):
    broker, expected = prepared(programs)
    broker.kill()
    rounds(broker, tmp_path, seeded, tell, expected)


def test_verify_dump_and_repair(programs, tmp_path):
    """The tool on sound files, on a running broker's, and on a segment with a byte flipped in its middle."""
    broker, expected = prepared(programs)
    busy = run([binary("splashdam"), "log", "verify", broker.data])
    assert busy.returncode == 69 and "a broker runs on" in busy.stderr, busy.stderr
    broker.stop()
    assert run([binary("splashdam"), "log", "verify", broker.data]).returncode == 0
    dumped = run([binary("splashdam"), "log", "dump", broker.data, "--json"])
    assert dumped.returncode == 0, dumped.stderr
    lines = [json.loads(line) for line in dumped.stdout.splitlines()]
    records = {
        (int(line["file"].split("/")[0].rsplit("-", 1)[1]), line["offset"]):
            (line["key"].encode(), line["value"].encode(), line["timestamp"])
        for line in lines if line["kind"] == "record" and line["file"].startswith(TOPIC)
    }
    assert records == expected
    assert {line["kind"] for line in lines} >= {"batch", "record", "entry", "producer", "epoch"}
    commits = [line for line in lines if line.get("type") == "offset_commit" and line["group"] == GROUP]
    assert {line["committed"] for line in commits} >= {39} and {line["topic"] for line in commits} == {TOPIC}
    assert "batch baseOffset=0" in run([binary("splashdam"), "log", "dump", broker.data / f"{TOPIC}-0"]).stdout

    victim = sorted((broker.data / f"{TOPIC}-0").glob("*.log"))[1]
    content = bytearray(victim.read_bytes())
    place = len(content) // 2
    lost = offsets_hit(victim, bytes(content), range(place, place + 1))
    content[place] ^= 4
    victim.write_bytes(content)
    verified = run([binary("splashdam"), "log", "verify", broker.data, "--json"])
    flawed = [verdict for verdict in map(json.loads, verified.stdout.splitlines()) if verdict["damaged"]]
    assert verified.returncode == 1 and [verdict["file"] for verdict in flawed] == [f"{TOPIC}-0/{victim.name}"]
    dry = run([binary("splashdam"), "log", "repair", broker.data, "--dry-run"])
    assert dry.returncode == 0 and victim.name in dry.stdout and victim.read_bytes() == content
    repaired = run([binary("splashdam"), "log", "repair", broker.data])
    assert repaired.returncode == 0 and "moved to" in repaired.stdout, repaired.stdout + repaired.stderr
    assert list(victim.parent.glob("*.damaged"))
    assert run([binary("splashdam"), "log", "verify", broker.data]).returncode == 0
    broker.start()
    assert read(broker.address) == {place: record for place, record in expected.items() if place not in lost}
    broker.stop()


def test_the_tool_refuses_what_is_no_log(tmp_path):
    nothing = run([binary("splashdam"), "log", "verify", tmp_path / "nowhere"])
    assert nothing.returncode == 64 and "nowhere" in nothing.stderr
    other = run([binary("splashdam"), "log", "repair", tmp_path])
    assert other.returncode == 64 and "neither" in other.stderr
