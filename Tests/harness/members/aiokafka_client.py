import asyncio

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka.errors import KafkaError

from . import events


class Listener(ConsumerRebalanceListener):
    async def on_partitions_revoked(self, revoked):
        events.tell("revoked", partitions=[place.partition for place in revoked])

    async def on_partitions_assigned(self, assigned):
        events.tell("assigned", partitions=[place.partition for place in assigned])


async def consume(address, group, topic, stopped):
    consumer = AIOKafkaConsumer(
        bootstrap_servers=address, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False,
        session_timeout_ms=6000, heartbeat_interval_ms=500)
    consumer.subscribe([topic], listener=Listener())
    await consumer.start()
    while not stopped():
        next_offsets = {}
        for place, messages in (await consumer.getmany(timeout_ms=200, max_records=200)).items():
            for message in messages:
                events.record(place.partition, message.offset, message.value)
            next_offsets[place] = messages[-1].offset + 1
        if next_offsets:
            try:
                await consumer.commit(next_offsets)
                events.committed({place.partition: offset for place, offset in next_offsets.items()})
            except KafkaError as error:
                events.tell("refused", reason=repr(error))
    await consumer.stop()
    events.tell("left")


def run(address, group, topic, *, stopped):
    asyncio.run(consume(address, group, topic, stopped))
