from kafka import ConsumerRebalanceListener, KafkaConsumer
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from . import events


class Listener(ConsumerRebalanceListener):
    def on_partitions_revoked(self, revoked):
        events.tell("revoked", partitions=[place.partition for place in revoked])

    def on_partitions_assigned(self, assigned):
        events.tell("assigned", partitions=[place.partition for place in assigned])


def run(address, group, topic, *, stopped):
    consumer = KafkaConsumer(
        bootstrap_servers=address, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False,
        session_timeout_ms=6000, heartbeat_interval_ms=500)
    consumer.subscribe([topic], listener=Listener())
    while not stopped():
        next_offsets = {}
        for place, messages in consumer.poll(timeout_ms=200, max_records=200).items():
            for message in messages:
                events.record(place.partition, message.offset, message.value)
            next_offsets[place] = OffsetAndMetadata(messages[-1].offset + 1, "", -1)
        if next_offsets:
            try:
                consumer.commit(next_offsets)
                events.committed({place.partition: next_offset.offset for place, next_offset in next_offsets.items()})
            except KafkaError as error:
                events.tell("refused", reason=repr(error))
    consumer.close()
    events.tell("left")
