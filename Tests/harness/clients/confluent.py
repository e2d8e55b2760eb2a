"""confluent-kafka: librdkafka behind Python."""

import time

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from ..records import Received

# Its own log says what the tests find out anyway.
QUIET = {"log_level": 0, "reconnect.backoff.max.ms": 500}

name = "confluent-kafka"
sets_timestamps = True
sets_headers_per_record = True


def create_topic(address, topic, partitions, config=None):
    # It has to live until it has answered.
    admin = AdminClient({"bootstrap.servers": address, **QUIET})
    admin.create_topics([NewTopic(topic, partitions, 1, config=config or {})])[topic].result(30)


def produce(address, topic, codec, records, **configuration):
    failures = []
    producer = Producer({
        "bootstrap.servers": address, "enable.idempotence": True, "compression.type": codec, "linger.ms": 5,
        "partitioner": "murmur2_random", **QUIET, **configuration,
    })
    for record in records:
        while True:
            try:
                producer.produce(
                    topic, value=record.value, key=record.key, headers=list(record.headers),
                    timestamp=record.timestamp,
                    on_delivery=lambda error, message: failures.append(error) if error else None)
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    left = producer.flush(60)
    assert not failures and not left, f"{len(failures)} failed ({failures[:3]}), {left} unsent"


def read(address, topic, partitions, count, seconds=60):
    consumer = Consumer({
        "bootstrap.servers": address, "group.id": "unused", "enable.auto.commit": False, "check.crcs": True, **QUIET,
    })
    consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in range(partitions)])
    received = []
    end = time.monotonic() + seconds
    try:
        while len(received) < count and time.monotonic() < end:
            for message in consumer.consume(1000, 0.5):
                assert message.error() is None, message.error()
                received.append(Received(
                    message.partition(), message.offset(), message.timestamp()[1], message.key(), message.value(),
                    tuple((header, value) for header, value in message.headers() or ())))
        # None more than that: one further look.
        received += consumer.consume(1, 0.3)
    finally:
        consumer.close()
    return received


def offset_for_time(address, topic, partition, milliseconds):
    consumer = Consumer({"bootstrap.servers": address, "group.id": "unused", **QUIET})
    try:
        answer = consumer.offsets_for_times([TopicPartition(topic, partition, milliseconds)], timeout=20)[0]
        assert answer.error is None, answer.error
        return None if answer.offset < 0 else answer.offset
    finally:
        consumer.close()


def watermarks(address, topic, partition):
    """The first offset and the one after the last."""
    consumer = Consumer({"bootstrap.servers": address, "group.id": "unused", **QUIET})
    try:
        return consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=20)
    finally:
        consumer.close()


def committed(address, group, topic, partitions):
    """The committed offset of each partition, None where there is none."""
    consumer = Consumer({"bootstrap.servers": address, "group.id": group, **QUIET})
    try:
        answers = consumer.committed([TopicPartition(topic, partition) for partition in range(partitions)], timeout=20)
        for answer in answers:
            assert answer.error is None or answer.error.code() == KafkaError._NO_OFFSET, answer.error
        return {answer.partition: None if answer.offset < 0 else answer.offset for answer in answers}
    finally:
        consumer.close()
