"""How much a broker reads when it starts after SIGKILL."""

from confluent_kafka import Producer

from harness.clients import confluent
from harness.waiting import wait_until

TOPIC = "large"
PARTITIONS = 4
VALUE = 100_000
GIGABYTE = 1_000_000_000
# What a start reads that is no log: programs' libraries are mapped, so configuration, indexes and the last few
# kilobytes of each log are all there is.
ALLOWANCE = 16 << 20


def fill(address, size, sent=0):
    failures = []
    producer = Producer({
        "bootstrap.servers": address, "linger.ms": 5, "batch.size": 1_000_000, "message.max.bytes": 1_000_000,
        "queue.buffering.max.kbytes": 262_144, **confluent.QUIET,
    })
    value = bytes(number * 7 % 251 for number in range(VALUE))
    for number in range(size // VALUE):
        while True:
            try:
                producer.produce(TOPIC, value=value, partition=(sent + number) % PARTITIONS,
                                 on_delivery=lambda error, message: failures.append(error) if error else None)
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    left = producer.flush(120)
    assert not failures and not left, f"{len(failures)} failed ({failures[:3]}), {left} unsent"


def checkpointed(data):
    """The sum of the recovery points of the topic's partitions."""
    path = data / "recovery-point-offset-checkpoint"
    if not path.exists():
        return 0
    return sum(int(line.split()[2]) for line in path.read_text().splitlines()[2:] if line.startswith(f"{TOPIC} "))


def bytes_read(process):
    """All that the process asked the kernel to read, from the disk or its cache."""
    with open(f"/proc/{process.pid}/io") as file:
        return int(next(line for line in file if line.startswith("rchar:")).split()[1])


def test_a_killed_broker_reads_only_what_follows_its_last_checkpoint(programs, tell):
    broker = programs.broker(flush="os", settings=[
        "log.segment.bytes=268435456", "log.flush.offset.checkpoint.interval.ms=500",
    ])
    confluent.create_topic(broker.address, TOPIC, PARTITIONS)
    fill(broker.address, GIGABYTE)
    count = GIGABYTE // VALUE
    wait_until(lambda: checkpointed(broker.data) == count, "a checkpoint of all", 60,
               describe=lambda: f"{checkpointed(broker.data)} of {count}")
    broker.kill()
    size = sum(path.stat().st_size for path in broker.data.rglob("*.log"))
    assert size >= GIGABYTE
    broker.start()
    read = bytes_read(broker)
    assert read < ALLOWANCE, f"{read} bytes were read at a start, of {size} bytes of log"
    ends = [confluent.watermarks(broker.address, TOPIC, partition)[1] for partition in range(PARTITIONS)]
    assert sum(ends) == count, ends
    broker.stop()
    tell(f"{size >> 20} MiB of log, {read >> 10} KiB read by the start after SIGKILL")


def test_what_follows_the_last_checkpoint_is_read_and_kept(programs, tell):
    """Without a checkpoint all is read again, and nothing is lost."""
    broker = programs.broker(flush="os", settings=["log.flush.offset.checkpoint.interval.ms=3600000"])
    confluent.create_topic(broker.address, TOPIC, PARTITIONS)
    size = 50_000_000
    fill(broker.address, size)
    broker.kill()
    broker.start()
    read = bytes_read(broker)
    assert read >= size, f"{read} bytes of {size} were read"
    ends = [confluent.watermarks(broker.address, TOPIC, partition)[1] for partition in range(PARTITIONS)]
    assert sum(ends) == size // VALUE, ends
    broker.stop()
    tell(f"{read >> 20} MiB read where no checkpoint vouches for them")
