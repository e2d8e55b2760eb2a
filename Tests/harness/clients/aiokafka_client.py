"""aiokafka: asyncio, pure Python but for its codecs."""

import asyncio

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from ..records import Received

name = "aiokafka"
sets_timestamps = True
sets_headers_per_record = True


def create_topic(address, topic, partitions):
    async def create():
        admin = AIOKafkaAdminClient(bootstrap_servers=address)
        await admin.start()
        try:
            answer = await admin.create_topics([NewTopic(topic, num_partitions=partitions, replication_factor=1)])
            for error in answer.topic_errors:
                assert error[1] == 0, error
        finally:
            await admin.close()

    asyncio.run(create())


def produce(address, topic, codec, records):
    async def produce():
        producer = AIOKafkaProducer(
            bootstrap_servers=address, enable_idempotence=True, compression_type=None if codec == "none" else codec,
            linger_ms=5)
        await producer.start()
        try:
            futures = [
                await producer.send(
                    topic, record.value, key=record.key, headers=list(record.headers), timestamp_ms=record.timestamp)
                for record in records
            ]
            await asyncio.wait_for(asyncio.gather(*futures), 60)
        finally:
            await producer.stop()

    asyncio.run(produce())


def read(address, topic, partitions, count, seconds=60):
    async def read():
        consumer = AIOKafkaConsumer(bootstrap_servers=address, enable_auto_commit=False, check_crcs=True)
        await consumer.start()
        received = []
        try:
            consumer.assign([TopicPartition(topic, partition) for partition in range(partitions)])
            await consumer.seek_to_beginning()

            async def fill():
                while len(received) < count:
                    for messages in (await consumer.getmany(timeout_ms=500)).values():
                        received.extend(
                            Received(message.partition, message.offset, message.timestamp, message.key, message.value,
                                     tuple(message.headers))
                            for message in messages)

            await asyncio.wait_for(fill(), seconds)
            for messages in (await consumer.getmany(timeout_ms=300)).values():
                received.extend(messages)
        finally:
            await consumer.stop()
        return received

    return asyncio.run(read())


def offset_for_time(address, topic, partition, milliseconds):
    async def ask():
        consumer = AIOKafkaConsumer(bootstrap_servers=address)
        await consumer.start()
        try:
            place = TopicPartition(topic, partition)
            answer = (await consumer.offsets_for_times({place: milliseconds}))[place]
            return None if answer is None else answer.offset
        finally:
            await consumer.stop()

    return asyncio.run(ask())
