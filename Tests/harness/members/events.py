"""What a member writes down."""

import json
import sys
import time


def tell(event, **fields):
    sys.stdout.write(json.dumps({"t": time.monotonic_ns(), "event": event, **fields}) + "\n")
    sys.stdout.flush()


def record(partition, offset, value):
    tell("record", p=partition, o=offset, v=value.decode())


def committed(offsets):
    tell("committed", offsets={str(partition): offset for partition, offset in offsets.items()})
