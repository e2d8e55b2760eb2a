"""The programs of one test, in one temporary directory."""

import itertools
import json
import os
import pathlib
import socket

from . import wire
from .paths import binary
from .process import Process
from .waiting import wait_until


_ports_tried = itertools.count()


def free_port():
    """A port that a program may leave and take again: below those that the system gives to outgoing connections."""
    end = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    first = max(1024, end - 8000)
    for _ in range(first, end):
        # Test runs side by side begin at different places.
        port = first + (os.getpid() * 977 + next(_ports_tried)) % (end - first)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"all ports from {first} to {end - 1} are taken")


class Broker(Process):
    def __init__(self, name, directory, port, data, flush, settings):
        command = [binary("splashdam-broker"), "--data", data, "--listen", f"127.0.0.1:{port}"]
        if flush:
            command += ["--flush", flush]
        for setting in settings:
            command += ["--set", setting]
        super().__init__(name, command, directory)
        self.port = port
        self.data = data
        self.address = f"127.0.0.1:{port}"

    def start(self, seconds=30):
        super().start()

        def ready():
            self.check_running()
            return wire.answers(self.port)

        wait_until(ready, f"{self.name} to answer on port {self.port}", seconds, describe=self.log_tail)
        return self


class Daemon(Process):
    """An agent or a sink; started once it has said so, which is also when signals reach it."""

    def start(self):
        known = len(self.stderr())
        super().start()

        def started():
            self.check_running()
            return " started" in self.stderr()[known:]

        wait_until(started, f"{self.name} to start", 20, describe=self.log_tail)
        return self


class Programs:
    def __init__(self, directory):
        self.directory = directory
        self.all = []

    def broker(self, name="broker", flush=None, settings=("num.partitions=6",), start=True):
        """A broker that answers."""
        broker = Broker(name, self.directory, free_port(), self.directory / f"{name}-data", flush, settings)
        self.all.append(broker)
        return broker.start() if start else broker

    def agent(self, broker, sources, name="agent", start=True, environment=None, **configuration):
        """An agent with state of its own; `sources` as in its configuration."""
        configuration = {
            "brokers": [broker.address], "state_dir": str(self.directory / f"{name}-state"), "sources": sources,
            **configuration,
        }
        return self._configured("splashdam-agent", name, configuration, start, environment)

    def sink(self, broker, topics, output, group="plain-files", name="sink", start=True, **configuration):
        configuration = {
            "brokers": [broker.address], "group": group, "topics": topics, "output": output,
            "state_dir": str(self.directory / f"{name}-state"), **configuration,
        }
        return self._configured("splashdam-sink", name, configuration, start, None)

    def other(self, name, command, start=True, environment=None):
        process = Process(name, command, self.directory, environment)
        self.all.append(process)
        return process.start() if start else process

    def _configured(self, program, name, configuration, start, environment):
        path = self.directory / f"{name}.yaml"
        # JSON is YAML too.
        path.write_text(json.dumps(configuration, indent=2))
        daemon = Daemon(name, [binary(program), "--config", path], self.directory, environment)
        self.all.append(daemon)
        return daemon.start() if start else daemon

    def kill_all(self):
        for process in self.all:
            if process.is_running:
                process.kill()

    def logs(self):
        return "\n".join(process.log_tail(200) for process in self.all)
