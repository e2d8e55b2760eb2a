"""The next-generation group protocol (KIP-848) with confluent-kafka: the coordinator assigns the partitions."""

import json
import subprocess
import sys

import pytest
from confluent_kafka import (
    Consumer, ConsumerGroupState, ConsumerGroupType, KafkaException, TopicPartition)
from confluent_kafka.admin import AdminClient

from harness.clients import confluent
from harness.history import History
from harness.paths import REPOSITORY, binary
from harness.stream import PARTITIONS, TOPIC, Stream
from harness.waiting import wait_until

SETTINGS = (
    f"num.partitions={PARTITIONS}", "group.consumer.session.timeout.ms=6000", "group.consumer.heartbeat.interval.ms=300",
    "group.initial.rebalance.delay.ms=300",
)


@pytest.fixture
def broker(programs):
    return programs.broker(settings=SETTINGS)


class Member:
    """A member in this process, which lives by being polled."""

    def __init__(self, broker, topics=(TOPIC,), group="workers", **configuration):
        self.assigned = set()
        self.changes = 0
        self.errors = []
        self.values = []
        self.consumer = Consumer({
            "bootstrap.servers": broker.address, "group.id": group, "auto.offset.reset": "earliest",
            "enable.auto.commit": False, "group.protocol": "consumer", "topic.metadata.refresh.interval.ms": 1000,
            "error_cb": self.errors.append, **confluent.QUIET, **configuration,
        })
        self.consumer.subscribe(list(topics), on_assign=self._assign, on_revoke=self._revoke, on_lost=self._revoke)

    def _assign(self, _, partitions):
        self.changes += 1
        self.assigned |= {(place.topic, place.partition) for place in partitions}

    def _revoke(self, _, partitions):
        self.changes += 1
        self.assigned -= {(place.topic, place.partition) for place in partitions}

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


def shared(members, partitions=PARTITIONS, topic=TOPIC):
    held = [place for one in members for place in one.assigned]
    return sorted(held) == [(topic, number) for number in range(partitions)]


def described_by_tool(broker, group="workers"):
    output = subprocess.run(
        [binary("splashdam"), "groups", "describe", group, "--json", "--brokers", broker.address],
        check=True, capture_output=True, timeout=30).stdout
    return json.loads(output)[0]


def spawn(programs, broker, name, assignor):
    return programs.other(
        name, [sys.executable, "-m", "harness.members", "confluent", broker.address, "workers", TOPIC, assignor],
        environment={"PYTHONPATH": str(REPOSITORY / "Tests")})


def all_owned_by(*members):
    def owned():
        for one in members:
            one.check_running()
        owners = History(members).owners()
        return set(owners) == {one.name for one in members} and sorted(
            partition for held in owners.values() for partition in held) == list(range(PARTITIONS))

    wait_until(owned, f"{', '.join(one.name for one in members)} to share the partitions", 40,
               describe=lambda: str(History(members).owners()))


def read_all(members, stream, broker):
    """All that was sent was read, and nothing again that had been committed."""
    sent = stream.finish()
    wait_until(lambda: History(members).values() >= sent, "all records to be read", 30,
               describe=lambda: f"missing: {len(sent - History(members).values())} of {len(sent)}")
    for one in members:
        if one.is_running:
            one.stop()
    history = History(members)
    assert history.values() == sent
    history.check()
    ends = {partition: confluent.watermarks(broker.address, TOPIC, partition)[1] for partition in range(PARTITIONS)}
    assert confluent.committed(broker.address, "workers", TOPIC, PARTITIONS) == ends
    return f"{len(sent)} records, {history.repeated()} of them read again, uncommitted"


@pytest.mark.parametrize("assignor", ["server:uniform", "server:range"])
def test_members_share_come_and_go(broker, programs, tell, assignor):
    confluent.create_topic(broker.address, TOPIC, PARTITIONS)
    stream = Stream(broker.address)
    try:
        first = spawn(programs, broker, "first", assignor)
        all_owned_by(first)
        second, third = (spawn(programs, broker, name, assignor) for name in ("second", "third"))
        all_owned_by(first, second, third)
        wait_until(lambda: all(any(event.name == "committed" for event in History([one]).events)
                               for one in (second, third)), "commits of the new members")
        second.stop()
        all_owned_by(first, third)
        third.kill()
        all_owned_by(first)
    except BaseException:
        stream.finish()
        raise
    causes = [rebalance["cause"] for rebalance in described_by_tool(broker)["rebalances"]]
    assert causes[-2:] == ["left", "sent no heartbeat within its session timeout"]
    assert causes[0] == "joined"
    tell(read_all([first, second, third], stream, broker))


def test_members_outlive_a_broker_that_is_killed(broker, programs, tell):
    confluent.create_topic(broker.address, TOPIC, PARTITIONS)
    stream = Stream(broker.address)
    members = [spawn(programs, broker, name, "server:uniform") for name in ("first", "second", "third")]
    try:
        all_owned_by(*members)
    finally:
        stream.finish()
    epoch = max(rebalance["generation"] for rebalance in described_by_tool(broker)["rebalances"])
    broker.kill()
    broker.start()
    more = Stream(broker.address)
    more.sent = list(stream.sent)
    try:
        all_owned_by(*members)
        extra = spawn(programs, broker, "fourth", "server:uniform")
        all_owned_by(*members, extra)
    finally:
        more._end.set()
    # The epochs go on where they were.
    assert described_by_tool(broker)["rebalances"][-1]["generation"] > epoch
    tell(read_all([*members, extra], more, broker))


def test_a_static_member_comes_back_without_a_rebalance(broker):
    confluent.create_topic(broker.address, TOPIC, PARTITIONS)
    stays, goes = (Member(broker, **{"group.instance.id": name}) for name in "ab")
    poll_until(lambda: shared([stays, goes]) and stays.assigned and goes.assigned, [stays, goes], "both to have some")
    held = set(goes.assigned)
    changes = stays.changes
    goes.consumer.close()
    back = Member(broker, **{"group.instance.id": "b"})
    poll_until(lambda: back.assigned == held, [stays, back], "the member to be back")
    assert stays.changes == changes

    # Another process with its name is turned away as long as it is there.
    usurper = Member(broker, **{"group.instance.id": "b"})
    poll_until(lambda: any("UNRELEASED" in str(error) or "still" in error.str().lower() or "unreleased"
                           in error.str().lower() for error in usurper.errors),
               [stays, back, usurper], "the other process to be turned away")
    assert back.assigned == held
    for member in (stays, back, usurper):
        member.consumer.close()


def test_a_regular_expression_follows_the_topics(broker):
    for topic in ("logs-a", "logs-b", "metrics"):
        confluent.create_topic(broker.address, topic, 2)
    member = Member(broker, topics=["^logs-.*"])
    poll_until(lambda: member.assigned == {(f"logs-{name}", number) for name in "ab" for number in range(2)},
               [member], "the topics that match")
    confluent.create_topic(broker.address, "logs-c", 1)
    poll_until(lambda: ("logs-c", 0) in member.assigned, [member], "a topic that came later")
    # It has to live until it has answered.
    admin = AdminClient({"bootstrap.servers": broker.address})
    admin.delete_topics(["logs-a"])["logs-a"].result(20)
    poll_until(lambda: member.assigned == {("logs-b", 0), ("logs-b", 1), ("logs-c", 0)}, [member], "a topic to go")
    causes = [rebalance["cause"] for rebalance in described_by_tool(broker)["rebalances"]]
    assert causes[0] == "joined" and "reads topics that came, went or grew" in causes[1:]
    member.consumer.close()


def test_what_an_operator_sees_and_does(broker):
    confluent.create_topic(broker.address, TOPIC, PARTITIONS)
    admin = AdminClient({"bootstrap.servers": broker.address})
    member = Member(broker, **{"client.id": "the-client", "group.remote.assignor": "range"})
    poll_until(lambda: shared([member]), [member], "the member to have all")
    member.consumer.commit(offsets=[TopicPartition(TOPIC, 0, 3)], asynchronous=False)
    listed = admin.list_consumer_groups(types={ConsumerGroupType.CONSUMER}).result(20)
    assert [(one.group_id, one.state, one.type) for one in listed.valid] == [
        ("workers", ConsumerGroupState.STABLE, ConsumerGroupType.CONSUMER)]
    assert admin.list_consumer_groups(types={ConsumerGroupType.CLASSIC}).result(20).valid == []
    described = admin.describe_consumer_groups(["workers"])["workers"].result(20)
    assert described.state == ConsumerGroupState.STABLE
    assert described.partition_assignor == "range"
    assert [(one.client_id, one.host) for one in described.members] == [("the-client", "/127.0.0.1")]
    assert [place.partition for place in described.members[0].assignment.topic_partitions] == list(range(PARTITIONS))
    tool = described_by_tool(broker)
    assert (tool["type"], tool["state"], tool["assignor"]) == ("consumer", "Stable", "range")
    assert [(one["client"], len(one["partitions"])) for one in tool["members"]] == [("the-client", PARTITIONS)]
    assert [(one["cause"], one["client"]) for one in tool["rebalances"]] == [("joined", "the-client")]

    with pytest.raises(KafkaException, match="NON_EMPTY_GROUP|not empty"):
        admin.delete_consumer_groups(["workers"])["workers"].result(20)
    member.consumer.close()
    wait_until(lambda: described_by_tool(broker)["state"] == "Empty", "the group to be empty")
    broker.stop()
    broker.start()
    assert confluent.committed(broker.address, "workers", TOPIC, 1) == {0: 3}
    admin.delete_consumer_groups(["workers"])["workers"].result(20)
    assert admin.list_consumer_groups().result(20).valid == []


def test_an_assignor_that_is_not_known_is_refused(broker):
    confluent.create_topic(broker.address, TOPIC, PARTITIONS)
    member = Member(broker, **{"group.remote.assignor": "best"})
    poll_until(lambda: any("assignor" in error.str().lower() for error in member.errors), [member], "a refusal")
    member.consumer.close()


@pytest.mark.parametrize("assignor", ["range", "cooperative-sticky"])
def test_a_running_group_moves_to_the_next_protocol_and_back(broker, programs, tell, assignor):
    """One member at a time: the group has members of both protocols for a while."""
    confluent.create_topic(broker.address, TOPIC, PARTITIONS)
    stream = Stream(broker.address)
    members = []

    def come(name, assignor):
        members.append(spawn(programs, broker, name, assignor))
        return members[-1]

    try:
        old, other = come("old", assignor), come("other", assignor)
        all_owned_by(old, other)
        assert described_by_tool(broker)["type"] == "classic"
        new = come("new", "server:uniform")
        all_owned_by(old, other, new)
        assert described_by_tool(broker)["type"] == "consumer"
        other.stop()
        all_owned_by(old, new)
        old.kill()
        all_owned_by(new)
        # And back.
        back = come("back", assignor)
        all_owned_by(new, back)
        assert described_by_tool(broker)["type"] == "consumer"
        broker.kill()
        broker.start()
        all_owned_by(new, back)
        new.stop()
        all_owned_by(back)
        assert described_by_tool(broker)["type"] == "classic"
    except BaseException:
        stream.finish()
        raise
    tell(read_all(members, stream, broker))
