"""Topics, groups and configurations, managed with clients' own admin tools."""

import time

import pytest
from confluent_kafka import (
    Consumer, ConsumerGroupState, ConsumerGroupTopicPartitions, KafkaException, TopicPartition)
from confluent_kafka.admin import (
    AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions, NewTopic, ResourceType)
from kafka.admin import KafkaAdminClient

from harness import records
from harness.clients import confluent
from harness.waiting import wait_until


@pytest.fixture
def admin(broker):
    return AdminClient({"bootstrap.servers": broker.address, **confluent.QUIET})


def refusal(future):
    with pytest.raises(KafkaException) as raised:
        future.result(20)
    return raised.value.args[0].name()


def topics(admin):
    return {name: len(topic.partitions) for name, topic in admin.list_topics(timeout=10).topics.items()
            if not name.startswith("__")}


def config(admin, kind, name):
    resource = ConfigResource(kind, name)
    return {entry.name: entry for entry in admin.describe_configs([resource])[resource].result(20).values()}


def alter(admin, topic, changes):
    """Each of `changes` is (operation, name, value)."""
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[
        ConfigEntry(name, value, incremental_operation=operation) for operation, name, value in changes])
    return admin.incremental_alter_configs([resource])[resource]


def test_the_cluster_describes_itself(broker, admin):
    cluster = admin.describe_cluster().result(20)
    assert [f"{node.host}:{node.port}" for node in cluster.nodes] == [broker.address]
    assert cluster.controller.id == cluster.nodes[0].id
    assert cluster.cluster_id
    broker.stop()
    broker.start()
    assert admin.describe_cluster().result(20).cluster_id == cluster.cluster_id


def test_topics_are_made_grown_and_deleted(broker, admin):
    admin.create_topics([NewTopic("grown", 2, 1)])["grown"].result(20)
    assert refusal(admin.create_topics([NewTopic("grown", 2, 1)])["grown"]) == "TOPIC_ALREADY_EXISTS"
    assert refusal(admin.create_topics([NewTopic("copied", 1, 3)])["copied"]) == "INVALID_REPLICATION_FACTOR"
    assert refusal(admin.create_topics([NewTopic("empty", 0, 1)])["empty"]) == "INVALID_PARTITIONS"
    assert refusal(admin.create_topics([NewTopic("odd", 1, 1, config={"no.such": "1"})])["odd"]) == "INVALID_CONFIG"
    admin.create_topics([NewTopic("dry", 1, 1)], validate_only=True)["dry"].result(20)
    admin.create_partitions([NewPartitions("grown", 5)])["grown"].result(20)
    assert refusal(admin.create_partitions([NewPartitions("grown", 3)])["grown"]) == "INVALID_PARTITIONS"
    assert topics(admin) == {"grown": 5}
    sent = records.keyed_records(500, int(time.time() * 1000))
    confluent.produce(broker.address, "grown", "zstd", sent)
    broker.stop()
    broker.start()
    assert topics(admin) == {"grown": 5}
    records.check_read_back(sent, confluent.read(broker.address, "grown", 5, len(sent)))
    admin.delete_topics(["grown"])["grown"].result(20)
    assert topics(admin) == {}
    assert refusal(admin.delete_topics(["grown"])["grown"]) == "UNKNOWN_TOPIC_OR_PART"
    broker.stop()
    broker.start()
    assert topics(admin) == {}
    # A topic of the same name is another topic.
    admin.create_topics([NewTopic("grown", 1, 1)])["grown"].result(20)
    assert confluent.watermarks(broker.address, "grown", 0) == (0, 0)


def test_configurations_are_kept(broker, admin):
    admin.create_topics([NewTopic("set", 1, 1, config={"retention.ms": "1000000"})])["set"].result(20)
    assert config(admin, ResourceType.TOPIC, "set")["retention.ms"].value == "1000000"
    alter(admin, "set", [
        (AlterConfigOpType.SET, "retention.ms", "2000000"), (AlterConfigOpType.SET, "segment.bytes", "1048576"),
    ]).result(20)
    assert refusal(alter(admin, "set", [(AlterConfigOpType.SET, "retention.ms", "soon")])) == "INVALID_CONFIG"
    assert refusal(alter(admin, "set", [(AlterConfigOpType.SET, "no.such", "1")])) == "INVALID_CONFIG"
    broker.stop()
    broker.start()
    found = config(admin, ResourceType.TOPIC, "set")
    assert (found["retention.ms"].value, found["segment.bytes"].value) == ("2000000", "1048576")
    assert not found["retention.ms"].is_default
    alter(admin, "set", [(AlterConfigOpType.DELETE, "retention.ms", "")]).result(20)
    found = config(admin, ResourceType.TOPIC, "set")
    fourteen_days = str(14 * 24 * 3600 * 1000)
    assert (found["retention.ms"].value, found["retention.ms"].is_default) == (fourteen_days, True)


def member(broker, name, instance=None):
    return Consumer({
        "bootstrap.servers": broker.address, "group.id": name, "auto.offset.reset": "earliest",
        "session.timeout.ms": 6000, "heartbeat.interval.ms": 300, "enable.auto.commit": False, **confluent.QUIET,
        **({"group.instance.id": instance} if instance else {}),
    })


def poll_until(consumers, condition, what):
    def step():
        for consumer in consumers:
            message = consumer.poll(0.05)
            assert message is None or message.error() is None, message.error()
        return condition()

    wait_until(step, what, 40)


def test_groups_are_listed_described_and_deleted(broker, admin):
    confluent.create_topic(broker.address, "work", 2)
    confluent.produce(broker.address, "work", "lz4", records.keyed_records(100, int(time.time() * 1000)))
    members = [member(broker, "three-for-two") for _ in range(3)]
    for one in members:
        one.subscribe(["work"])
    try:
        # One more than there are partitions stays idle, and is a member all the same.
        poll_until(members, lambda: sorted(len(one.assignment()) for one in members) == [0, 1, 1], "the assignment")
        description = admin.describe_consumer_groups(["three-for-two"])["three-for-two"].result(20)
        assert description.state == ConsumerGroupState.STABLE
        assert sorted(len(one.assignment.topic_partitions) for one in description.members) == [0, 1, 1]
        listed = {group.group_id for group in admin.list_consumer_groups().result(20).valid}
        assert listed == {"three-for-two"}
        busy = next(one for one in members if one.assignment())
        busy.commit(offsets=[TopicPartition("work", busy.assignment()[0].partition, 1)], asynchronous=False)
        assert refusal(admin.delete_consumer_groups(["three-for-two"])["three-for-two"]) == "NON_EMPTY_GROUP"
    finally:
        for one in members:
            one.close()
    answer = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions("three-for-two")])["three-for-two"].result(20)
    assert [(place.topic, place.offset) for place in answer.topic_partitions if place.offset >= 0] == [("work", 1)]
    admin.delete_consumer_groups(["three-for-two"])["three-for-two"].result(20)
    assert admin.list_consumer_groups().result(20).valid == []


def test_offsets_survive_a_broken_end(broker):
    confluent.create_topic(broker.address, "work", 1)
    confluent.produce(broker.address, "work", "lz4", records.keyed_records(100, int(time.time() * 1000)))
    one = member(broker, "kept")
    one.commit(offsets=[TopicPartition("work", 0, 42)], asynchronous=False)
    one.close()
    broker.kill()
    broker.start()
    assert confluent.committed(broker.address, "kept", "work", 1) == {0: 42}


def test_a_static_member_comes_back_without_a_rebalance(broker, admin):
    confluent.create_topic(broker.address, "work", 2)
    rebalances = []
    stays = member(broker, "static", "stays")
    stays.subscribe(["work"], on_assign=lambda _, places: rebalances.append(len(places)))
    leaves = member(broker, "static", "leaves")
    leaves.subscribe(["work"])
    poll_until([stays, leaves], lambda: len(stays.assignment()) == len(leaves.assignment()) == 1, "the assignment")
    known = len(rebalances)
    was = leaves.assignment()[0].partition
    # A static member does not say goodbye when it closes.
    leaves.close()
    back = member(broker, "static", "leaves")
    back.subscribe(["work"])
    try:
        poll_until([stays, back], lambda: len(back.assignment()) == 1, "the static member to have its partition again")
        assert back.assignment()[0].partition == was
        assert len(rebalances) == known, "the other member was rebalanced"
    finally:
        stays.close()
        back.close()


def test_kafka_pythons_admin_understands_the_broker(broker, admin):
    confluent.create_topic(broker.address, "seen", 3)
    other = KafkaAdminClient(bootstrap_servers=broker.address)
    try:
        assert "seen" in other.list_topics()
        assert len(other.describe_topics(["seen"])[0]["partitions"]) == 3
        assert other.describe_cluster()
        other.delete_topics(["seen"])
    finally:
        other.close()
    assert topics(admin) == {}
