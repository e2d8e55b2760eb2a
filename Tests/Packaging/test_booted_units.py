"""The units under a systemd that runs: what the README tells to do, in a container booted from this machine's root."""

import json
import signal

import pytest

from harness.machine import CannotBoot, Machine
from harness.waiting import wait_until

BROKER, AGENT, SINK = "splashdam-broker", "splashdam-agent", "splashdam-sink@files"
UNITS = [BROKER, AGENT, SINK]


@pytest.fixture
def machine(tmp_path):
    try:
        machine = Machine(tmp_path)
    except CannotBoot as reason:
        pytest.skip(f"no Debian can be booted here: {reason}")
    yield machine
    machine.close()


def written(machine, path):
    """The lines of a file that the sink wrote."""
    return machine.shell(f"cat {path} 2>/dev/null || true").splitlines()


def logged(machine, number):
    machine.shell(f"echo 'line {number} of a file' >>/var/log/watched.log; echo 'entry {number}' | systemd-cat -t watched -p notice")


def entries(machine):
    """Messages of our own entries, as the sink wrote them."""
    lines = map(json.loads, written(machine, "/srv/logs/journal/*/journal"))
    return [line["MESSAGE"] for line in lines if line.get("SYSLOG_IDENTIFIER") == "watched"]


def wait_for_lines(machine, count):
    lines = [f"line {number} of a file" for number in range(count)]
    wait_until(lambda: set(written(machine, "/srv/logs/logs/*/watched.log")) >= set(lines), f"{count} lines", 30,
               describe=lambda: machine.journal("splashdam-*"))
    messages = [f"entry {number}" for number in range(count)]
    wait_until(lambda: set(entries(machine)) >= set(messages), f"{count} entries", 30,
               describe=lambda: machine.journal("splashdam-*"))
    # Each once and in order.
    assert written(machine, "/srv/logs/logs/*/watched.log") == lines
    assert entries(machine) == messages


def start_all(machine):
    machine.run("systemctl", "start", *UNITS)
    for unit in UNITS:
        assert machine.property(unit, "ActiveState") == "active", machine.journal(unit)
        # It said so itself: systemd calls a unit of type notify active only then.
        assert machine.property(unit, "StatusText") != ""


def test_units_do_their_job(machine, tell):
    machine.run("/mnt/packaging/install")
    # A second time changes nothing that is there.
    machine.shell("echo '# mine' >>/etc/splashdam/agent.yaml")
    assert "agent.yaml is there and stays" in machine.run("/mnt/packaging/install").stderr
    assert "# mine" in machine.shell("tail -1 /etc/splashdam/agent.yaml")
    assert machine.shell("stat -c %U /srv/logs").strip() == "splashdam-sink"

    logged(machine, 0)
    start_all(machine)
    logged(machine, 1)
    wait_for_lines(machine, 2)

    stop_in_order(machine)
    logged(machine, 2)
    start_all(machine)
    logged(machine, 3)
    wait_for_lines(machine, 4)

    check_journal(machine)
    check_watchdog(machine)
    wait_for_lines(machine, 4)
    usage = {unit: machine.shell(f"ps -o rss= -p $(systemctl show --value -p MainPID {unit})").strip() for unit in UNITS}
    tell("resident KiB: " + ", ".join(f"{unit} {size}" for unit, size in usage.items()))


def stop_in_order(machine):
    """All end by themselves with status 0, in whatever order."""
    machine.run("systemctl", "stop", *UNITS)
    for unit in UNITS:
        # systemd forgets a unit's result when nothing refers to it any more, but has told it.
        told = machine.journal(unit)
        assert "Deactivated successfully" in told and "Failed with result" not in told, told
        assert "stopped" in machine.journal(unit, "-o", "cat"), told


def check_journal(machine):
    """What they log has its priority and no time of its own, and nothing else logs in their name."""
    for unit in UNITS:
        for line in machine.journal(unit, "-o", "json").splitlines():
            entry = json.loads(line)
            if entry.get("_SYSTEMD_UNIT") != f"{unit}.service":
                continue
            message = entry["MESSAGE"]
            assert not message.startswith(("<", "20")), f"{unit}: {message}"
            assert "thread priority" not in message, f"{unit}: {message}"
            if message.startswith(("stopped", "listening", "started")):
                assert entry["PRIORITY"] == "5", entry
            assert int(entry["PRIORITY"]) >= 4, f"{unit} logged an error: {message}"


def check_watchdog(machine):
    """One that hangs is killed and started again."""
    machine.shell(f"mkdir -p /run/systemd/system/{BROKER}.service.d; printf '[Service]\\nWatchdogSec=2s\\nRestartSec=100ms\\n' "
                  f">/run/systemd/system/{BROKER}.service.d/quick.conf; systemctl daemon-reload; systemctl restart {BROKER}")
    before = machine.property(BROKER, "MainPID")
    machine.run("systemctl", "kill", "--kill-whom=main", f"--signal={signal.SIGSTOP.value}", BROKER)
    wait_until(lambda: machine.property(BROKER, "NRestarts") not in ("", "0"), "the watchdog to bite", 20,
               describe=lambda: machine.journal(BROKER))
    wait_until(lambda: machine.property(BROKER, "ActiveState") == "active", "the broker to be back", 20,
               describe=lambda: machine.journal(BROKER))
    assert machine.property(BROKER, "MainPID") != before
    assert "watchdog" in machine.journal(BROKER).lower()


def test_a_mistake_is_told_and_not_retried(machine):
    machine.run("/mnt/packaging/install")
    machine.shell("sed -i 's/^state_dir/state_dri/' /etc/splashdam/agent.yaml")
    assert machine.run("systemctl", "start", AGENT, check=False).returncode != 0
    assert machine.property(AGENT, "ExecMainStatus") == "78"
    assert machine.property(AGENT, "ActiveState") == "failed"
    told = [json.loads(line) for line in machine.journal(AGENT, "-o", "json", "_COMM=splashdam-agent").splitlines()]
    errors = [entry["MESSAGE"] for entry in told if entry["PRIORITY"] == "3"]
    assert errors == ['/etc/splashdam/agent.yaml:10: unknown key "state_dri"; did you mean "state_dir"?'], told
