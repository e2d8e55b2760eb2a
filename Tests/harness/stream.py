"""Records that keep coming while a test goes on."""

import threading
import time

from . import records
from .clients import confluent

PARTITIONS = 6
TOPIC = "shared-work"


class Stream:
    """A producer that sends numbered records until told to stop."""

    def __init__(self, address):
        self.address = address
        self.sent = []
        self._end = threading.Event()
        self._failure = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        try:
            number = 0
            while not self._end.wait(0.05):
                batch = [
                    records.Record(b"%d" % (place % 50), b"%d" % place, (), int(time.time() * 1000))
                    for place in range(number, number + 25)
                ]
                confluent.produce(self.address, TOPIC, "lz4", batch, **{"linger.ms": 0})
                number += len(batch)
                self.sent += [record.value.decode() for record in batch]
        except BaseException as failure:
            self._failure = failure

    def finish(self):
        self._end.set()
        self._thread.join(60)
        assert self._failure is None, self._failure
        return set(self.sent)
