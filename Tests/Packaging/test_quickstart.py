"""packaging/quickstart: lines arrive, Ctrl-C ends it, a second run goes on where the first stopped."""

import os
import signal

import pytest

from harness.paths import REPOSITORY
from harness.programs import free_port
from harness.waiting import wait_until


@pytest.fixture
def quickstart(programs, tmp_path):
    log = tmp_path / "watched.log"
    log.write_text("before the first run\n")
    return log, programs.other("quickstart", [
        REPOSITORY / "packaging/quickstart", "--state", tmp_path / "state", "--port", str(free_port()), log,
    ], start=False)


def count(process, text):
    return process.stdout().count(text.encode())


def append(path, text):
    with open(path, "a") as file:
        file.write(text)


def test_runs_twice_and_repeats_nothing(quickstart, tmp_path):
    log, process = quickstart
    process.start()
    wait_until(lambda: count(process, "before the first run"), "the first line", 120, describe=process.log_tail)
    append(log, "during the first run\n")
    wait_until(lambda: count(process, "during the first run"), "the second line", 20, describe=process.log_tail)
    process.stop(number=signal.SIGINT)
    assert str(tmp_path / "state") in process.stderr() + process.stdout().decode("utf-8", "replace")
    append(log, "between the runs\n")
    process.start()
    wait_until(lambda: count(process, "between the runs"), "the line of between", 60, describe=process.log_tail)
    process.stop(number=signal.SIGINT)
    for line in ("before the first run", "during the first run", "between the runs"):
        assert count(process, line) == 1, f"{line!r} came {count(process, line)} times"


def test_says_which_part_died(quickstart, tmp_path):
    """and what was kept, and ends the others."""
    log, process = quickstart
    process.start()
    wait_until(lambda: count(process, "before the first run"), "the first line", 120, describe=process.log_tail)
    parts = children(process.pid)
    assert sorted(parts.values()) == ["splashdam-agent", "splashdam-broker", "splashdam-sink"]
    broker = next(pid for pid, name in parts.items() if name == "splashdam-broker")
    os.kill(broker, signal.SIGKILL)
    assert process.wait(30) != 0
    said = process.stderr() + process.stdout().decode("utf-8", "replace")
    assert "broker" in said and str(tmp_path / "state") in said
    for pid in parts:
        assert not os.path.exists(f"/proc/{pid}/exe"), "a part is still running"


def children(parent):
    """Process ids and program names of a process's children."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as stat, open(f"/proc/{pid}/cmdline", "rb") as command:
                if int(stat.read().rsplit(")", 1)[1].split()[1]) == parent:
                    found[int(pid)] = command.read().split(b"\0")[0].decode().rsplit("/", 1)[-1]
        except OSError:
            # It ended in between.
            continue
    return found
