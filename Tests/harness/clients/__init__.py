"""Clients that others wrote, each behind the same few functions:

    name, codecs, sets_timestamps, sets_headers_per_record
    create_topic(address, topic, partitions)
    produce(address, topic, codec, records)           idempotently
    read(address, topic, partitions, count)           a list of Received, in the order of each partition
    offset_for_time(address, topic, partition, ms)    None beyond the end
"""

import importlib

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
NAMES = ["kcat", "confluent", "aiokafka_client", "kafka_python"]


def client(name):
    return importlib.import_module(f"{__name__}.{name}")
