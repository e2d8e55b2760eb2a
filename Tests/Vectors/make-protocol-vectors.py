#!/usr/bin/env python3
"""Prints the vectors of Tests/KafkaProtocolTests: each message in each version, once with every field filled and once
with none, as kafka-python encodes it. Run it with kafka-python 3.0.12 to make Tests/Vectors/protocol.txt anew:

    python3 Tests/Vectors/make-protocol-vectors.py DIRECTORY... > Tests/Vectors/protocol.txt

The directories have Kafka's descriptions of the records of `__consumer_offsets`, which no client speaks, and of the messages
that kafka-python does not know (of Kafka 4.0 or newer, which have version 1 of them); its encoder is run on those too.

A line is: message, version, `full` or `empty`, the bytes in hex, and for `full` what each field holds, by its path.
"""
import json
import os
import re
import sys
import uuid

import kafka
import kafka.protocol.admin
import kafka.protocol.consumer
import kafka.protocol.metadata
import kafka.protocol.producer
from kafka.protocol.api_data import ApiData
from kafka.protocol.api_message import ApiMessage
from kafka.protocol.schemas.fields.codecs import BitField
from kafka.protocol.schemas.fields.struct import StructField

APIS = """Produce Fetch ListOffsets Metadata OffsetCommit OffsetFetch FindCoordinator JoinGroup Heartbeat LeaveGroup
SyncGroup DescribeGroups ListGroups ApiVersions CreateTopics DeleteTopics InitProducerId OffsetForLeaderEpoch
DescribeConfigs CreatePartitions DeleteGroups IncrementalAlterConfigs DescribeCluster DeleteRecords AlterConfigs
AlterReplicaLogDirs DescribeLogDirs ElectLeaders AlterPartitionReassignments ListPartitionReassignments OffsetDelete
DescribeProducers ListConfigResources DescribeTopicPartitions""".split()
RECORDS = ["OffsetCommitKey", "OffsetCommitValue", "GroupMetadataKey", "GroupMetadataValue"] + [
    "ConsumerGroup" + name + part
    for name in ("Metadata", "PartitionMetadata", "MemberMetadata", "TargetAssignmentMetadata", "TargetAssignmentMember",
                 "CurrentMemberAssignment", "RegularExpression")
    for part in ("Key", "Value")]
# Which kafka-python has no messages for.
DESCRIBED = ["ConsumerGroupHeartbeatRequest", "ConsumerGroupHeartbeatResponse", "ConsumerGroupDescribeRequest",
             "ConsumerGroupDescribeResponse", "GetTelemetrySubscriptionsRequest", "GetTelemetrySubscriptionsResponse",
             "PushTelemetryRequest", "PushTelemetryResponse"]
DATA = ["ConsumerProtocolSubscription", "ConsumerProtocolAssignment"]


def swift_name(name):
    name = name[0].lower() + name[1:].removesuffix("_")
    return re.sub(r"Id(?=s?(?:[A-Z]|$))", "ID", name)


class Filler:
    """Gives every field a value of its own, so that two fields in the wrong order do not go unnoticed."""

    def __init__(self):
        self.number = 0
        self.fields = []

    def simple(self, kind, path):
        self.number += 1
        n = self.number
        if kind == "bool":
            self.fields.append((path, "true"))
            return True
        if kind in ("int8", "int16", "uint16", "int32", "int64"):
            value = {"int8": n % 120 + 1, "int16": 300 + n, "uint16": 60000 + n, "int32": 70000 + n, "int64": 5000000000 + n}[kind]
            self.fields.append((path, str(value)))
            return value
        if kind == "bitfield":
            # kafka-python renames these fields; their bytes are compared all the same.
            return BitField.from_32_bit_field(n)
        if kind == "string":
            value = "%s-%d-é" % (path.split(".")[-1], n)
            self.fields.append((path, value))
            return value
        if kind == "uuid":
            value = uuid.UUID(int=(0xA0A1A2A3A4A5A6A7A8A9AAABACAD0000 + n))
            self.fields.append((path, value.hex))
            return value
        if kind in ("bytes", "records"):
            value = bytes([n % 256, 0, 255, 7])
            self.fields.append((path, value.hex()))
            return value
        raise ValueError(kind)

    def field(self, field, version, path):
        if field.is_struct_array():
            return [self.struct(field.array_of, version, path + "[0]")]
        if field.is_array():
            return [self.simple(field.type_str[2:], path + "[0]")]
        if field.is_struct():
            return self.struct(field, version, path)
        return self.simple(field.type_str, path)

    def struct(self, struct, version, path, make=None):
        values = {}
        for field in struct._fields:
            present = field.for_version_q(version) if field.tag is None else field.tagged_field_q(version)
            if present:
                prefix = path + "." if path else ""
                values[field.name] = self.field(field, version, prefix + swift_name(field._name))
        return (make or struct.data_class)(version=version, **values)


def zero_ids(message):
    """kafka-python has None for an id that is not there; the wire has zeros."""
    for field in message._struct._fields:
        if field.type_str == "uuid" and getattr(message, field.name, 0) is None:
            setattr(message, field.name, uuid.UUID(int=0))


def emit(cls, version):
    filler = Filler()
    full = filler.struct(cls._struct, version, "", make=cls)
    empty = cls(version=version)
    zero_ids(empty)
    for kind, message in (("full", full), ("empty", empty)):
        arguments = {"version": version, "header": False} if issubclass(cls, ApiData) else {"version": version, "header": False, "framed": False}
        encoded = bytes(message.encode(**arguments))
        fields = ";".join("%s=%s" % f for f in filler.fields) if kind == "full" else ""
        print(cls.__name__, version, kind, encoded.hex() or "-", fields)


def described_class(directories, name):
    path = next(path for path in (os.path.join(directory, name + ".json") for directory in directories) if os.path.exists(path))
    with open(path, encoding="utf-8") as file:
        description = json.loads(re.sub(r"(?m)^\s*//.*$", "", file.read()))
    description["type"] = "data"
    common = {s["name"]: s["fields"] for s in description.get("commonStructs", [])}

    def complete(fields):
        for field in fields:
            if field["name"] == "Version":
                # kafka-python has an argument of that name.
                field["name"] = "Version_"
            inner = field["type"].removeprefix("[]")
            if inner in common:
                field["fields"] = common[inner]
            if isinstance(field.get("default"), int):
                field["default"] = str(field["default"])
            if field.get("default", "") is None:
                field["default"] = "null"
            complete(field.get("fields", []))

    complete(description["fields"])

    class Described(ApiData, init=False):
        _json = description
        _struct = StructField(description)
        _flexible_versions = StructField.parse_versions(description["flexibleVersions"])
        _valid_versions = StructField.parse_versions(description["validVersions"])

    Described.__name__ = name
    return Described


def main(directories):
    classes = {}
    for base in (ApiMessage, ApiData):
        for cls in base.__subclasses__():
            classes[cls.__name__] = cls
    for name in [api + kind for api in APIS for kind in ("Request", "Response")] + DATA:
        cls = classes[name]
        for version in range(cls._valid_versions[0], cls._valid_versions[1] + 1):
            emit(cls, version)
    for name in RECORDS + DESCRIBED:
        cls = described_class(directories, name)
        for version in range(cls._valid_versions[0], cls._valid_versions[1] + 1):
            emit(cls, version)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
