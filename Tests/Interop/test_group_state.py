"""What a group remembers: static members, offsets, members across a restart of the broker; and what an operator sees."""

import sys
import time

import pytest
from confluent_kafka import Consumer, ConsumerGroupState, ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient
from kafka import KafkaConsumer
from kafka.errors import InvalidSessionTimeoutError

from harness import records
from harness.clients import confluent
from harness.history import History
from harness.paths import REPOSITORY
from harness.waiting import wait_until

TOPIC = "remembered"


class Member:
    """A member in this process, which lives by being polled."""

    def __init__(self, broker, group="watchers", **configuration):
        self.assigned = []
        self.changes = 0
        self.values = []
        self.errors = []
        self.consumer = Consumer({
            "bootstrap.servers": broker.address, "group.id": group, "auto.offset.reset": "earliest",
            "enable.auto.commit": False, "session.timeout.ms": 6000, "heartbeat.interval.ms": 300,
            "error_cb": lambda error: self.errors.append(error), **configuration,
        })
        self.consumer.subscribe([TOPIC], on_assign=self._assign, on_revoke=self._revoke)

    def _assign(self, _, partitions):
        self.changes += 1
        self.assigned = sorted(place.partition for place in partitions)

    def _revoke(self, _, partitions):
        self.changes += 1
        self.assigned = []

    def poll(self):
        message = self.consumer.poll(0.05)
        if message is not None:
            if message.error():
                self.errors.append(message.error())
            else:
                self.values.append(message.value())


def poll_until(condition, members, what, seconds=30):
    def polled():
        for member in members:
            member.poll()
        return condition()

    wait_until(polled, what, seconds, describe=lambda: str([(one.assigned, one.errors) for one in members]))


def shared(members, partitions):
    return sorted(place for one in members for place in one.assigned) == list(range(partitions))


def describe(admin, name="watchers"):
    return admin.describe_consumer_groups([name])[name].result(20)


def test_a_static_member_comes_back_without_a_rebalance(broker):
    confluent.create_topic(broker.address, TOPIC, 4)
    stays, goes = (Member(broker, **{"group.instance.id": name, "session.timeout.ms": 20_000}) for name in "ab")
    poll_until(lambda: shared([stays, goes], 4), [stays, goes], "both to have partitions")
    held = goes.assigned
    changes = stays.changes
    # It ends as a crash would: a static member does not leave.
    goes.consumer.close()
    back = Member(broker, **{"group.instance.id": "b", "session.timeout.ms": 20_000})
    poll_until(lambda: back.assigned == held, [stays, back], "the member to be back")
    assert stays.changes == changes
    admin = AdminClient({"bootstrap.servers": broker.address})
    described = describe(admin)
    assert described.state == ConsumerGroupState.STABLE
    assert sorted(member.group_instance_id for member in described.members) == ["a", "b"]

    # Another process with its name takes its place, and it is told.
    usurper = Member(broker, **{"group.instance.id": "b", "session.timeout.ms": 20_000})
    poll_until(lambda: usurper.assigned == held, [stays, usurper], "the other process to take over")
    poll_until(lambda: any("fenced" in error.str() for error in back.errors),
               [stays, usurper, back], "the old member to be fenced")
    for member in (stays, usurper, back):
        member.consumer.close()


def test_members_beyond_the_partitions_are_idle(broker):
    confluent.create_topic(broker.address, TOPIC, 2)
    members = [Member(broker) for _ in range(4)]
    poll_until(lambda: shared(members, 2) and all(one.changes for one in members), members, "two to have one each")
    assert sorted(len(one.assigned) for one in members) == [0, 0, 1, 1]
    busy = [one for one in members if one.assigned]
    rest = [one for one in members if one not in busy]
    for one in busy:
        one.consumer.close()
    poll_until(lambda: shared(rest, 2), rest, "the idle ones to take over")
    for one in rest:
        one.consumer.close()


@pytest.mark.parametrize("client", ["confluent", "aiokafka_client", "kafka_python"])
def test_members_outlive_a_broker_that_is_killed(broker, programs, tell, client):
    confluent.create_topic(broker.address, TOPIC, 6)
    members = [
        programs.other(
            name, [sys.executable, "-m", "harness.members", client, broker.address, "workers", TOPIC],
            environment={"PYTHONPATH": str(REPOSITORY / "Tests")})
        for name in ("first", "second", "third")
    ]

    def owners():
        return History(members).owners()

    wait_until(lambda: len(owners()) == 3, "three members to share", 40, describe=lambda: str(owners()))
    sent = set()
    for round in range(3):
        batch = [records.Record(b"%d" % number, b"%d-%d" % (round, number), (), int(time.time() * 1000))
                 for number in range(300)]
        confluent.produce(broker.address, TOPIC, "lz4", batch)
        sent |= {record.value.decode() for record in batch}
        if round == 1:
            # While they read.
            broker.kill()
            broker.start()
        wait_until(lambda: History(members).values() >= sent, f"round {round} to be read", 60,
                   describe=lambda: f"{len(sent - History(members).values())} missing; {owners()}")
    for member in members:
        member.stop()
    history = History(members)
    assert history.values() == sent
    history.check()
    tell(f"{len(sent)} records, {history.repeated()} of them read again, uncommitted")


def test_what_an_operator_sees_and_does(broker):
    confluent.create_topic(broker.address, TOPIC, 2)
    admin = AdminClient({"bootstrap.servers": broker.address})
    member = Member(broker, **{"client.id": "the-client"})
    poll_until(lambda: shared([member], 2), [member], "the member to have all")
    member.consumer.commit(offsets=[TopicPartition(TOPIC, 0, 3, metadata="note")], asynchronous=False)

    listed = admin.list_consumer_groups().result(20)
    assert not listed.errors
    assert [(one.group_id, one.state, one.is_simple_consumer_group) for one in listed.valid] == [
        ("watchers", ConsumerGroupState.STABLE, False)]
    assert admin.list_consumer_groups(states={ConsumerGroupState.EMPTY}).result(20).valid == []
    described = describe(admin)
    assert described.partition_assignor == "range"
    assert [(one.client_id, one.host) for one in described.members] == [("the-client", "/127.0.0.1")]
    assert [place.partition for place in described.members[0].assignment.topic_partitions] == [0, 1]
    assert [node.port for node in [described.coordinator]] == [broker.port]

    with pytest.raises(KafkaException, match="NON_EMPTY_GROUP|not empty"):
        admin.delete_consumer_groups(["watchers"])["watchers"].result(20)
    member.consumer.close()
    wait_until(lambda: describe(admin).state == ConsumerGroupState.EMPTY, "the group to be empty")
    altered = admin.alter_consumer_group_offsets([
        ConsumerGroupTopicPartitions("watchers", [TopicPartition(TOPIC, 1, 7)])])["watchers"].result(20)
    assert [place.error for place in altered.topic_partitions] == [None]
    broker.stop()
    broker.start()
    offsets = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions("watchers")])["watchers"].result(20)
    assert sorted((place.partition, place.offset) for place in offsets.topic_partitions) == [(0, 3), (1, 7)]
    admin.delete_consumer_groups(["watchers"])["watchers"].result(20)
    assert admin.list_consumer_groups().result(20).valid == []
    assert confluent.committed(broker.address, "watchers", TOPIC, 2) == {0: None, 1: None}


def test_session_timeouts_have_bounds(broker):
    confluent.create_topic(broker.address, TOPIC, 1)
    consumer = KafkaConsumer(
        TOPIC, bootstrap_servers=broker.address, group_id="hasty", session_timeout_ms=3000, heartbeat_interval_ms=500)
    with pytest.raises(InvalidSessionTimeoutError):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            consumer.poll(timeout_ms=200)
    consumer.close()
