"""Kafka frames made by hand: for readiness, and for what no client sends."""

import socket
import struct

API_VERSIONS = 18
METADATA = 3
PRODUCE = 0


def string(text):
    return struct.pack(">h", -1) if text is None else struct.pack(">h", len(text)) + text.encode()


def frame(payload):
    return struct.pack(">i", len(payload)) + payload


def request(api_key, api_version, correlation, body=b"", client="harness"):
    """A frame with request header version 1."""
    return frame(struct.pack(">hhi", api_key, api_version, correlation) + string(client) + body)


def connect(port, seconds=10):
    connection = socket.create_connection(("127.0.0.1", port), seconds)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def receive_exactly(connection, count):
    """`count` bytes, or None when the peer ended the connection before."""
    received = b""
    while len(received) < count:
        try:
            more = connection.recv(count - len(received))
        except ConnectionResetError:
            return None
        if not more:
            return None
        received += more
    return received


def receive(connection):
    """The payload of one answer, or None when the peer ended the connection."""
    length = receive_exactly(connection, 4)
    return None if length is None else receive_exactly(connection, struct.unpack(">i", length)[0])


def ask(connection, api_key, api_version, correlation, body=b""):
    connection.sendall(request(api_key, api_version, correlation, body))
    return receive(connection)


def answers(port):
    """Whether a broker answers ApiVersions on the port."""
    try:
        with connect(port, 2) as connection:
            answer = ask(connection, API_VERSIONS, 0, 7)
    except OSError:
        return False
    return answer is not None and answer[:6] == struct.pack(">ih", 7, 0)


def _crc32c_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


CRC32C_TABLE = _crc32c_table()


def crc32c(data):
    checksum = 0xFFFFFFFF
    for byte in data:
        checksum = checksum >> 8 ^ CRC32C_TABLE[(checksum ^ byte) & 0xFF]
    return checksum ^ 0xFFFFFFFF


def varint(number):
    encoded = number << 1 ^ number >> 63
    out = b""
    while encoded > 0x7F:
        out += bytes([encoded & 0x7F | 0x80])
        encoded >>= 7
    return out + bytes([encoded])


def plain_record(offset, value, key=b"k"):
    body = b"\0" + varint(0) + varint(offset) + varint(len(key)) + key + varint(len(value)) + value + varint(0)
    return varint(len(body)) + body


def record_batch(values, *, records=None, magic=2, attributes=0, count=None, last_offset=None, length=None, crc=None,
                 producer=(-1, -1, -1)):
    """A batch of format version 2; whatever is given replaces what would be right."""
    if records is None:
        records = b"".join(plain_record(offset, value) for offset, value in enumerate(values))
    count = len(values) if count is None else count
    last_offset = len(values) - 1 if last_offset is None else last_offset
    checked = struct.pack(">hiqqqhii", attributes, last_offset, 1_790_000_000_000, 1_790_000_000_000, *producer, count)
    checked += records
    crc = crc32c(checked) if crc is None else crc
    rest = struct.pack(">ibI", 0, magic, crc) + checked
    return struct.pack(">qi", 0, len(rest) if length is None else length) + rest


def produce_body(topic, partition, records, acks=-1):
    """The body of Produce, versions 3 to 8."""
    return (string(None) + struct.pack(">hii", acks, 10_000, 1) + string(topic) + struct.pack(">iii", 1, partition,
            len(records)) + records)


def produce_error(answer, topic):
    """The error code in an answer to Produce, version 3."""
    place = 4 + 4 + 2 + len(topic) + 4 + 4
    return struct.unpack_from(">h", answer, place)[0]


def produce(connection, topic, records, correlation=1):
    """The error code that records get in partition 0."""
    answer = ask(connection, PRODUCE, 3, correlation, produce_body(topic, 0, records))
    assert answer is not None, "the broker ended the connection"
    return produce_error(answer, topic)
