"""Parts are killed with SIGKILL at random moments of a steady stream: no line is lost, order is kept."""

import threading
import time
from collections import defaultdict

from harness.clients import confluent
from harness.waiting import wait_until

PARTITIONS = 6
FILES = 4
KILLS = 15
TOPIC = "steady"


class Writer:
    """Appends numbered lines to some log files, steadily, until told to stop."""

    def __init__(self, directory):
        directory.mkdir()
        self.paths = [directory / f"stream-{number}.log" for number in range(FILES)]
        self.count = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        files = [open(path, "ab", buffering=0) for path in self.paths]
        while not self._end.wait(0.02):
            for file in files:
                file.write(b"".join(
                    b"%08d a line of the steady stream, as long as log lines are in the mean, or a little longer\n" % number
                    for number in range(self.count, self.count + 10)))
            self.count += 10
        for file in files:
            file.close()

    def finish(self):
        self._end.set()
        self._thread.join()


def numbers_in(content):
    """The numbers of the whole lines."""
    return [int(line[:8]) for line in content.split(b"\n")[:-1]]


def first_occurrences(numbers):
    return list(dict.fromkeys(numbers))


def check_topic(address, expected):
    """Offsets are dense, all of a file lies in one partition and in order; how many lines are there twice."""
    end = sum(confluent.watermarks(address, TOPIC, partition)[1] for partition in range(PARTITIONS))
    received = confluent.read(address, TOPIC, PARTITIONS, end)
    assert len(received) == end
    offsets, streams = defaultdict(list), defaultdict(list)
    for record in received:
        offsets[record.partition].append(record.offset)
        streams[record.key, record.partition].append(int(record.value[:8]))
    for partition, found in offsets.items():
        assert found == list(range(len(found))), f"the offsets of partition {partition} are not dense"
    assert len(streams) == FILES, f"the lines of a file are in more than one partition: {sorted(streams)}"
    for stream, numbers in streams.items():
        assert first_occurrences(numbers) == list(range(expected)), f"{stream} is not whole or not in order"
    return end - FILES * expected


def kill_at_random(seeded, victims, output, tell):
    """Kills one of the victims at a time; each kill hits a stream that flows from end to end again."""
    counts = defaultdict(int)

    def size():
        return sum(path.stat().st_size for path in output.glob("*.log"))

    for _ in range(KILLS):
        before = size()
        wait_until(lambda: size() > before, "lines to come out again", 40,
                   describe=lambda: "\n".join(victim.log_tail() for victim in victims))
        # Random moments are what this test is about: here time passes, and nothing is waited for.
        time.sleep(seeded.uniform(0, 1))
        victim = seeded.choice(victims)
        victim.kill()
        counts[victim.name] += 1
        time.sleep(seeded.uniform(0, 0.5))
        victim.start()
    tell("killed " + ", ".join(f"{name} {count} times" for name, count in sorted(counts.items())))


def run_stream(programs, tmp_path, seeded, tell, victim_names):
    broker = programs.broker(settings=[f"num.partitions={PARTITIONS}"])
    writer = Writer(tmp_path / "logs")
    output = tmp_path / "out"
    try:
        agent = programs.agent(broker, [{"type": "file", "include": [str(tmp_path / "logs/*.log")], "topic": TOPIC}])
        sink = programs.sink(broker, [TOPIC], {"type": "file", "path": str(output / "{basename}")},
                             instance_id="the-only-one")
        parts = {"broker": broker, "agent": agent, "sink": sink}
        wait_until(lambda: len(list(output.glob("*.log"))) == FILES, "the first lines to come out", 30)
        kill_at_random(seeded, [parts[name] for name in victim_names], output, tell)
    finally:
        writer.finish()

    def out():
        return {path.name: numbers_in((output / path.name).read_bytes()) for path in writer.paths}

    whole = set(range(writer.count))
    wait_until(lambda: all(set(numbers) == whole for numbers in out().values()), "all lines to come out", 90, every=0.5,
               describe=lambda: "; ".join(
                   f"{name}: {len(whole - set(numbers))} of {writer.count} missing" for name, numbers in out().items()))
    for process in (agent, sink):
        process.stop()
    for name, numbers in out().items():
        assert first_occurrences(numbers) == list(range(writer.count)), f"{name} is not in order"
    in_topic = check_topic(broker.address, writer.count)
    in_files = sum(len(numbers) - len(set(numbers)) for numbers in out().values())
    broker.stop()
    tell(f"{FILES * writer.count} lines, none lost; twice in the topic: {in_topic}, twice in the output: {in_files}")
    return in_topic, in_files


def test_killing_broker_and_sink_repeats_nothing(programs, tmp_path, seeded, tell):
    assert run_stream(programs, tmp_path, seeded, tell, ["broker", "sink"]) == (0, 0)


def test_killing_any_part_loses_nothing(programs, tmp_path, seeded, tell):
    run_stream(programs, tmp_path, seeded, tell, ["broker", "sink", "agent"])
