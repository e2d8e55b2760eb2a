from confluent_kafka import Consumer, KafkaException, TopicPartition

from ..clients.confluent import QUIET
from . import events


def protocol(assignor):
    """`server:` and an assignor is the next-generation protocol (KIP-848), anything else a classic assignor."""
    if assignor.startswith("server:"):
        return {"group.protocol": "consumer", "group.remote.assignor": assignor.removeprefix("server:")}
    return {"partition.assignment.strategy": assignor, "session.timeout.ms": 6000, "heartbeat.interval.ms": 500}


def run(address, group, topic, assignor="range", *, stopped):
    consumer = Consumer({
        "bootstrap.servers": address, "group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False,
        **protocol(assignor), **QUIET,
    })

    def told(name):
        return lambda _, partitions: events.tell(name, partitions=[place.partition for place in partitions])

    consumer.subscribe([topic], on_assign=told("assigned"), on_revoke=told("revoked"), on_lost=told("revoked"))
    while not stopped():
        next_offsets = {}
        for message in consumer.consume(200, 0.2):
            assert message.error() is None, message.error()
            events.record(message.partition(), message.offset(), message.value())
            next_offsets[message.partition()] = message.offset() + 1
        if next_offsets:
            try:
                consumer.commit(
                    offsets=[TopicPartition(topic, *place) for place in next_offsets.items()], asynchronous=False)
                events.committed(next_offsets)
            except KafkaException as error:
                events.tell("refused", reason=str(error))
    consumer.close()
    events.tell("left")
