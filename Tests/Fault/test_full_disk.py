"""Disks that fill up. The broker stays, says what is wrong, and heals by itself."""

import pytest
from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from harness import disks
from harness.clients import confluent
from harness.waiting import wait_until


def produce_until_refused(address, topic, payload, limit=100_000, retries=0):
    """Values acknowledged, in order, and the error that ended it."""
    acknowledged, errors = [], []

    def delivered(error, message):
        if error is None:
            acknowledged.append(message.value())
        else:
            errors.append(error)

    producer = Producer({
        "bootstrap.servers": address, "acks": "all", "retries": retries, "linger.ms": 1, "batch.num.messages": 20,
        "queue.buffering.max.messages": 100, "compression.type": "none", **confluent.QUIET,
    })
    for number in range(limit):
        if errors:
            break
        while True:
            try:
                producer.produce(topic, value=b"%08d " % number + payload, on_delivery=delivered, partition=0)
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    producer.flush(30)
    return acknowledged, errors


def try_to_produce(address, topic):
    """Whether one record is taken."""
    outcome = []
    producer = Producer({
        "bootstrap.servers": address, "acks": "all", "retries": 0, "message.timeout.ms": 5000, **confluent.QUIET})
    producer.produce(topic, value=b"hello", partition=0, on_delivery=lambda error, message: outcome.append(error))
    producer.flush(10)
    # Comparing an error with None is more than its class can.
    return len(outcome) == 1 and outcome[0] is None


@pytest.mark.parametrize("kind", ["tmpfs", "ext4"])
def test_a_full_disk_refuses_records_alone_and_heals(programs, tell, kind):
    with disks.small_disk(kind, programs.directory / "broker-data", 32) as disk:
        broker = programs.broker(settings=["offsets.topic.num.partitions=2", "log.segment.bytes=1048576"])
        confluent.create_topic(broker.address, "fill", 1)
        confluent.create_topic(broker.address, "other", 1)
        consumer = Consumer({
            "bootstrap.servers": broker.address, "group.id": "g", "enable.auto.commit": False, **confluent.QUIET})
        consumer.commit(offsets=[TopicPartition("fill", 0, 1)], asynchronous=False)

        acknowledged, errors = produce_until_refused(broker.address, "fill", b"x" * 1000)
        assert errors, "the disk took everything"
        assert {error.code() for error in errors} == {KafkaError.KAFKA_STORAGE_ERROR}, errors[:3]
        left = disks.free_bytes(disk)
        tell(f"{len(acknowledged)} KB acknowledged, {left >> 10} KiB left when records were refused")
        assert left > 4 << 20, "records were refused too late"
        broker.wait_for_log("log.disk.reserve.bytes")

        # Reads, offset commits and changes go on: all that was acknowledged is there, once and in order.
        received = confluent.read(broker.address, "fill", 1, len(acknowledged))
        assert [record.value for record in received] == acknowledged
        for offset in range(2, 200):
            consumer.commit(offsets=[TopicPartition("fill", 0, offset)], asynchronous=False)
        assert confluent.committed(broker.address, "g", "fill", 1) == {0: 199}
        assert not try_to_produce(broker.address, "other")
        # A restart changes nothing of that, nor does a kill.
        broker.kill()
        broker.start()
        assert confluent.committed(broker.address, "g", "fill", 1) == {0: 199}
        assert not try_to_produce(broker.address, "other")

        admin = AdminClient({"bootstrap.servers": broker.address, **confluent.QUIET})
        admin.delete_topics(["fill"])["fill"].result(20)
        wait_until(lambda: try_to_produce(broker.address, "other"), "records to be taken again", 20,
                   describe=broker.log_tail)
        assert "there is room" in broker.stderr()
        consumer.close()
        broker.stop()


def test_a_disk_budget_makes_room_and_names_who_loses(programs, tell):
    with disks.small_disk("tmpfs", programs.directory / "broker-data", 48):
        broker = programs.broker(flush="os", settings=[
            "offsets.topic.num.partitions=2", "log.disk.budget.percent=50", "log.disk.check.interval.ms=50"])
        confluent.create_topic(broker.address, "logs", 1)
        consumer = Consumer({
            "bootstrap.servers": broker.address, "group.id": "late", "enable.auto.commit": False, **confluent.QUIET})
        consumer.commit(offsets=[TopicPartition("logs", 0, 10)], asynchronous=False)
        acknowledged, errors = produce_until_refused(broker.address, "logs", b"y" * 1000, retries=100)
        assert not errors, errors[:3]
        assert len(acknowledged) == 100_000
        broker.wait_for_log("group late is about to lose")
        broker.wait_for_log("group late loses")
        first, last = confluent.watermarks(broker.address, "logs", 0)
        tell(f"offsets {first} to {last} are left of 100,000 KB on a disk of 48 MiB")
        assert last == 100_000 and 70_000 < first < last - 5_000
        consumer.close()
        broker.stop()
