"""kafka-python: threads, pure Python."""

import time

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from ..records import Received

name = "kafka-python"
sets_timestamps = True
sets_headers_per_record = True


def create_topic(address, topic, partitions):
    admin = KafkaAdminClient(bootstrap_servers=address)
    try:
        admin.create_topics([NewTopic(topic, num_partitions=partitions, replication_factor=1)])
    finally:
        admin.close()


def produce(address, topic, codec, records):
    producer = KafkaProducer(
        bootstrap_servers=address, enable_idempotence=True, compression_type=None if codec == "none" else codec,
        linger_ms=5)
    try:
        futures = [
            producer.send(
                topic, record.value, key=record.key, headers=list(record.headers), timestamp_ms=record.timestamp)
            for record in records
        ]
        producer.flush(60)
        for future in futures:
            future.get(0)
    finally:
        producer.close()


def read(address, topic, partitions, count, seconds=60):
    consumer = KafkaConsumer(bootstrap_servers=address, enable_auto_commit=False, check_crcs=True)
    received = []
    end = time.monotonic() + seconds
    try:
        places = [TopicPartition(topic, partition) for partition in range(partitions)]
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        while len(received) < count and time.monotonic() < end:
            for messages in consumer.poll(500).values():
                received.extend(
                    Received(message.partition, message.offset, message.timestamp, message.key, message.value,
                             tuple(message.headers))
                    for message in messages)
        for messages in consumer.poll(300).values():
            received.extend(messages)
    finally:
        consumer.close()
    return received


def offset_for_time(address, topic, partition, milliseconds):
    consumer = KafkaConsumer(bootstrap_servers=address)
    try:
        place = TopicPartition(topic, partition)
        answer = consumer.offsets_for_times({place: milliseconds})[place]
        return None if answer is None else answer.offset
    finally:
        consumer.close()
