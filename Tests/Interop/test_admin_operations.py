"""All that clients' admin tools can create, change, describe and delete, each tool by itself."""

import asyncio
import time

import pytest
from aiokafka import TopicPartition as AiokafkaPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions as AiokafkaNewPartitions, NewTopic as AiokafkaNewTopic
from aiokafka.admin import RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource as AiokafkaResource, ConfigResourceType as AiokafkaType
from confluent_kafka import (
    OFFSET_END, ConsumerGroupTopicPartitions, ElectionType, IsolationLevel, KafkaException, TopicCollection, TopicPartition)
from confluent_kafka.admin import AdminClient, ConfigResource, OffsetSpec, ResourceType
from kafka import errors as kafka_errors
from kafka.admin import ConfigResource as KafkaResource, ConfigResourceType as KafkaType, KafkaAdminClient
from kafka.structs import OffsetAndMetadata, TopicPartition as KafkaPartition, TopicPartitionReplica

from harness import records
from harness.clients import confluent


def fill(broker, topic, count, partitions=1):
    confluent.create_topic(broker.address, topic, partitions)
    sent = records.keyed_records(count, int(time.time() * 1000))
    confluent.produce(broker.address, topic, "lz4", sent)
    return sent


def refusal(future):
    with pytest.raises(KafkaException) as raised:
        future.result(20)
    return raised.value.args[0].name()


# confluent-kafka


@pytest.fixture
def admin(broker):
    return AdminClient({"bootstrap.servers": broker.address, **confluent.QUIET})


def test_confluent_deletes_records(broker, admin):
    fill(broker, "logs", 100)
    place = TopicPartition("logs", 0, 40)
    assert admin.delete_records([place])[place].result(20).low_watermark == 40
    assert confluent.watermarks(broker.address, "logs", 0) == (40, 100)
    beyond = TopicPartition("logs", 0, 101)
    assert refusal(admin.delete_records([beyond])[beyond]) == "OFFSET_OUT_OF_RANGE"
    broker.kill()
    broker.start()
    assert confluent.watermarks(broker.address, "logs", 0) == (40, 100)


def test_confluent_deletes_all_records(broker, admin):
    fill(broker, "logs", 100)
    everything = TopicPartition("logs", 0, OFFSET_END)
    assert admin.delete_records([everything])[everything].result(20).low_watermark == 100
    assert confluent.watermarks(broker.address, "logs", 0) == (100, 100)


def test_confluent_lists_offsets(broker, admin):
    sent = fill(broker, "logs", 50)
    place = TopicPartition("logs", 0)

    def offset(spec):
        answer = admin.list_offsets({place: spec}, isolation_level=IsolationLevel.READ_COMMITTED)[place].result(20)
        return answer.offset

    assert offset(OffsetSpec.earliest()) == 0
    assert offset(OffsetSpec.latest()) == 50
    assert offset(OffsetSpec.for_timestamp(sent[20].timestamp)) == 20
    assert offset(OffsetSpec.max_timestamp()) == max(range(50), key=lambda index: (sent[index].timestamp, -index))


def test_confluent_describes_topics(broker, admin):
    confluent.create_topic(broker.address, "logs", 3)
    answers = admin.describe_topics(TopicCollection(["logs", "missing"]))
    topic = answers["logs"].result(20)
    assert topic.name == "logs" and not topic.is_internal
    assert [partition.id for partition in topic.partitions] == [0, 1, 2]
    assert all(len(partition.replicas) == len(partition.isr) == 1 for partition in topic.partitions)
    assert refusal(answers["missing"]) == "UNKNOWN_TOPIC_OR_PART"


def test_confluent_elects_leaders(broker, admin):
    confluent.create_topic(broker.address, "logs", 2)
    for kind in (ElectionType.PREFERRED, ElectionType.UNCLEAN):
        places = [TopicPartition("logs", 0), TopicPartition("logs", 1), TopicPartition("logs", 7)]
        outcome = admin.elect_leaders(kind, places).result(20)
        names = {place.partition: error.name() for place, error in outcome.items()}
        assert names == {0: "ELECTION_NOT_NEEDED", 1: "ELECTION_NOT_NEEDED", 7: "UNKNOWN_TOPIC_OR_PART"}
        assert admin.elect_leaders(kind).result(20) == {}


def test_confluent_replaces_configurations(broker, admin):
    confluent.create_topic(broker.address, "logs", 1, {"segment.bytes": "1048576"})

    def describe():
        resource = ConfigResource(ResourceType.TOPIC, "logs")
        return {name: entry.value for name, entry in admin.describe_configs([resource])[resource].result(20).items()}

    resource = ConfigResource(ResourceType.TOPIC, "logs", set_config={"retention.ms": "1000000"})
    admin.alter_configs([resource], validate_only=True)[resource].result(20)
    assert describe()["segment.bytes"] == "1048576"
    admin.alter_configs([resource])[resource].result(20)
    # Whatever is not named goes back to its default.
    assert (describe()["retention.ms"], describe()["segment.bytes"]) == ("1000000", str(1 << 30))
    wrong = ConfigResource(ResourceType.TOPIC, "logs", set_config={"retention.ms": "soon"})
    assert refusal(admin.alter_configs([wrong])[wrong]) == "INVALID_CONFIG"
    missing = ConfigResource(ResourceType.TOPIC, "missing", set_config={"retention.ms": "1"})
    assert refusal(admin.alter_configs([missing])[missing]) == "UNKNOWN_TOPIC_OR_PART"


def test_confluent_changes_committed_offsets(broker, admin):
    fill(broker, "logs", 10, partitions=2)
    wanted = ConsumerGroupTopicPartitions("readers", [TopicPartition("logs", 0, 3), TopicPartition("logs", 1, 2)])
    admin.alter_consumer_group_offsets([wanted])["readers"].result(20)
    answer = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions("readers")])["readers"].result(20)
    assert sorted((place.partition, place.offset) for place in answer.topic_partitions) == [(0, 3), (1, 2)]
    described = admin.describe_consumer_groups(["readers"])["readers"].result(20)
    assert described.members == []
    admin.delete_consumer_groups(["readers"])["readers"].result(20)
    assert refusal(admin.delete_consumer_groups(["readers"])["readers"]) == "GROUP_ID_NOT_FOUND"


# kafka-python


@pytest.fixture
def other(broker):
    admin = KafkaAdminClient(bootstrap_servers=broker.address)
    yield admin
    admin.close()


def test_kafka_python_manages_topics(broker, other):
    other.create_topics({"logs": {"num_partitions": 2, "replication_factor": 1}})
    with pytest.raises(kafka_errors.TopicAlreadyExistsError):
        other.create_topics({"logs": {"num_partitions": 2, "replication_factor": 1}})
    other.create_partitions({"logs": 5})
    with pytest.raises(kafka_errors.InvalidPartitionsError):
        other.create_partitions({"logs": 4})
    assert len(other.describe_topics(["logs"])[0]["partitions"]) == 5
    other.delete_topics(["logs"])
    assert "logs" not in other.list_topics()


def test_kafka_python_describes_topics_page_by_page(broker, other):
    for name, partitions in [("a", 3), ("b", 2)]:
        confluent.create_topic(broker.address, name, partitions)
    found, cursor = [], None
    while True:
        page = other.describe_topic_partitions(["a", "b"], response_partition_limit=2, cursor=cursor)
        for topic in page["topics"]:
            found += [(topic["name"], partition["partition_index"]) for partition in topic["partitions"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == [("a", 0), ("a", 1), ("a", 2), ("b", 0), ("b", 1)]


def test_kafka_python_deletes_records(broker, other):
    fill(broker, "logs", 100)
    place = KafkaPartition("logs", 0)
    assert other.delete_records({place: 30})[place]["low_watermark"] == 30
    with pytest.raises(kafka_errors.OffsetOutOfRangeError):
        other.delete_records({place: 101})
    assert confluent.watermarks(broker.address, "logs", 0) == (30, 100)


def test_kafka_python_changes_configurations(broker, other):
    confluent.create_topic(broker.address, "logs", 1)

    def values():
        found = other.describe_configs([KafkaResource(KafkaType.TOPIC, "logs")], config_filter="all")
        return {name: entry["value"] for name, entry in found["topic"]["logs"].items()}

    def alter(configs, incremental):
        answer = other.alter_configs([KafkaResource(KafkaType.TOPIC, "logs", configs)], incremental=incremental)
        assert answer == {"topic": {"logs": "OK"}}

    alter({"retention.ms": "1000000"}, True)
    alter({"segment.bytes": "1048576"}, False)
    assert (values()["retention.ms"], values()["segment.bytes"]) == ("1000000", "1048576")
    answer = other.reset_configs([KafkaResource(KafkaType.TOPIC, "logs", {"retention.ms": None})])
    assert answer == {"topic": {"logs": "OK"}}
    assert (values()["retention.ms"], values()["segment.bytes"]) == (str(14 * 24 * 3600 * 1000), "1048576")
    node = other.describe_cluster()["brokers"][0]["broker_id"]
    resources = other.list_config_resources()
    assert resources["topic"] == ["logs"] and resources["broker"] == [str(node)]
    assert other.list_config_resources(["CLIENT_METRICS"]) == {}
    described = other.describe_configs([KafkaResource(KafkaType.BROKER, str(node))], config_filter="all")
    assert described["broker"][str(node)]["num.partitions"]["value"] == "6"


def test_kafka_python_describes_log_directories(broker, other):
    fill(broker, "logs", 100)
    node = other.describe_cluster()["brokers"][0]["broker_id"]
    (answer,) = other.describe_log_dirs()
    assert answer["broker"] == node
    (directory,) = answer["log_dirs"]
    assert directory["error_code"] == 0 and directory["log_dir"] == str(broker.data)
    assert 0 < directory["usable_bytes"] <= directory["total_bytes"]
    sizes = {(topic["name"], partition["partition_index"]): partition["partition_size"]
             for topic in directory["topics"] for partition in topic["partitions"]}
    assert sizes[("logs", 0)] == sum(file.stat().st_size for file in (broker.data / "logs-0").glob("*.log"))
    replica = TopicPartitionReplica("logs", 0, node)
    assert other.alter_replica_log_dirs({replica: "/elsewhere"}) == {replica: kafka_errors.LogDirNotFoundError}
    assert other.alter_replica_log_dirs({replica: str(broker.data)}) == {replica: kafka_errors.NoError}


def test_kafka_python_moves_nothing(broker, other):
    confluent.create_topic(broker.address, "logs", 2)
    node = other.describe_cluster()["brokers"][0]["broker_id"]
    places = [KafkaPartition("logs", index) for index in range(3)]
    outcome = other.alter_partition_reassignments({places[0]: [node], places[1]: [node + 1], places[2]: [node]})
    assert outcome == {places[0]: None, places[1]: kafka_errors.InvalidReplicationAssignmentError,
                       places[2]: kafka_errors.UnknownTopicOrPartitionError}
    assert other.alter_partition_reassignments({places[0]: None}) == {
        places[0]: kafka_errors.NoReassignmentInProgressError}
    assert other.list_partition_reassignments() == {}
    for kind in (0, 1):
        answer = other.elect_leaders(kind, {"logs": [0, 1]})
        assert [partition.error_code for topic in answer.replica_election_results
                for partition in topic.partition_result] == [kafka_errors.ElectionNotNeededError.errno] * 2


def test_kafka_python_describes_producers(broker, other):
    sent = fill(broker, "logs", 20)
    place = KafkaPartition("logs", 0)
    (producer,) = other.describe_producers([place])[place].active_producers
    assert producer.producer_id >= 0 and producer.producer_epoch == 0
    assert producer.last_sequence == len(sent) - 1
    assert producer.current_transaction_start_offset == -1


def test_kafka_python_manages_groups(broker, other):
    fill(broker, "logs", 10, partitions=2)
    places = [KafkaPartition("logs", index) for index in range(2)]
    outcome = other.alter_group_offsets("readers", {place: OffsetAndMetadata(1, "here", -1) for place in places})
    assert set(outcome.values()) == {kafka_errors.NoError}
    assert {group["group_id"] for group in other.list_groups()} == {"readers"}
    assert {place: found.offset for place, found in other.list_group_offsets("readers")["readers"].items()} == {
        place: 1 for place in places}
    missing = KafkaPartition("missing", 0)
    assert other.delete_group_offsets("readers", [places[0], missing]) == {
        places[0]: kafka_errors.NoError, missing: kafka_errors.UnknownTopicOrPartitionError}
    assert list(other.list_group_offsets("readers")["readers"]) == [places[1]]
    with pytest.raises(kafka_errors.GroupIdNotFoundError):
        other.delete_group_offsets("others", [places[0]])
    assert other.delete_groups(["readers", "others"]) == {"readers": "OK", "others": "GroupIdNotFoundError"}


# aiokafka


def with_aiokafka(broker, body):
    async def run():
        admin = AIOKafkaAdminClient(bootstrap_servers=broker.address)
        await admin.start()
        try:
            await body(admin)
        finally:
            await admin.close()

    asyncio.run(run())


def test_aiokafka_manages_topics(broker):
    async def body(admin):
        answer = await admin.create_topics([AiokafkaNewTopic("logs", num_partitions=2, replication_factor=1)])
        assert [error[1] for error in answer.topic_errors] == [0]
        await admin.create_partitions({"logs": AiokafkaNewPartitions(4)})
        (topic,) = await admin.describe_topics(["logs"])
        assert len(topic["partitions"]) == 4
        cluster = await admin.describe_cluster()
        assert len(cluster["brokers"]) == 1 and cluster["cluster_id"]
        await admin.delete_topics(["logs"])
        assert "logs" not in await admin.list_topics()

    with_aiokafka(broker, body)


def test_aiokafka_deletes_records(broker):
    fill(broker, "logs", 100)

    async def body(admin):
        place = AiokafkaPartition("logs", 0)
        assert await admin.delete_records({place: RecordsToDelete(25)}) == {place: 25}

    with_aiokafka(broker, body)
    assert confluent.watermarks(broker.address, "logs", 0) == (25, 100)


def test_aiokafka_changes_configurations(broker):
    confluent.create_topic(broker.address, "logs", 1)

    async def body(admin):
        (answer,) = await admin.alter_configs([AiokafkaResource(AiokafkaType.TOPIC, "logs", {"retention.ms": "1000000"})])
        assert [resource[0] for resource in answer.resources] == [0]
        (found,) = await admin.describe_configs([AiokafkaResource(AiokafkaType.TOPIC, "logs", {"retention.ms": None})])
        assert [entry[:2] for entry in found.resources[0][4]] == [("retention.ms", "1000000")]

    with_aiokafka(broker, body)


def test_aiokafka_reads_groups(broker):
    fill(broker, "logs", 10)
    admin = AdminClient({"bootstrap.servers": broker.address, **confluent.QUIET})
    wanted = ConsumerGroupTopicPartitions("readers", [TopicPartition("logs", 0, 3)])
    admin.alter_consumer_group_offsets([wanted])["readers"].result(20)

    async def body(admin):
        assert [group[0] for group in await admin.list_consumer_groups()] == ["readers"]
        (answer,) = await admin.describe_consumer_groups(["readers"])
        assert [group[1:3] for group in answer.groups] == [("readers", "Empty")]
        offsets = await admin.list_consumer_group_offsets("readers")
        assert {place: found.offset for place, found in offsets.items()} == {AiokafkaPartition("logs", 0): 3}

    with_aiokafka(broker, body)


def test_a_topic_is_known_by_its_id(broker, admin):
    """Fetch 13 and later name topics by their ids, and a topic that is made anew is another one."""
    fill(broker, "logs", 10)
    first = admin.describe_topics(TopicCollection(["logs"]))["logs"].result(20).topic_id
    admin.delete_topics(["logs"])["logs"].result(20)
    sent = fill(broker, "logs", 5)
    second = admin.describe_topics(TopicCollection(["logs"]))["logs"].result(20).topic_id
    assert (first.get_most_significant_bits(), first.get_least_significant_bits()) != (
        second.get_most_significant_bits(), second.get_least_significant_bits())
    records.check_read_back(sent, confluent.read(broker.address, "logs", 1, len(sent)))
