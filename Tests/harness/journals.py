"""Journal files made from text, as systemd-journal-remote reads it (Journal Export Format)."""

import json
import os
import struct
import subprocess

from .process import run

MACHINE = "c0ffee00c0ffee00c0ffee00c0ffee00"
BOOT = "b007b007b007b007b007b007b007b007"


def field(name, value):
    """Text without line ends as text, all else with its length."""
    try:
        plain = "\n" not in value.decode() and value.isascii() and value.decode().isprintable()
    except UnicodeDecodeError:
        plain = False
    if plain:
        return name.encode() + b"=" + value + b"\n"
    return name.encode() + b"\n" + struct.pack("<Q", len(value)) + value + b"\n"


def entry(number):
    message = b"entry %d" % number
    if number % 7 == 0:
        message += b"\nwith a second line\n\tand a third"
    if number % 11 == 0:
        message += " und Grüße 🪵".encode()
    if number % 13 == 0:
        message += b" and broken \xff\xfe bytes"
    fields = {
        "_MACHINE_ID": MACHINE.encode(), "_BOOT_ID": BOOT.encode(), "_HOSTNAME": b"journal-host",
        "_SYSTEMD_UNIT": b"unit-%d.service" % (number % 5), "SYSLOG_IDENTIFIER": b"maker", "_PID": b"%d" % (100 + number),
        "PRIORITY": b"%d" % (number % 8), "_TRANSPORT": b"journal", "NUMBER": b"%d" % number, "MESSAGE": message,
    }
    if number % 17 == 0:
        fields["BINARY"] = bytes(range(256))
    moment = 1_795_000_000_000_000 + number * 1000
    head = b"__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n" % (moment, 1_000_000 + number * 1000)
    return head + b"".join(field(name, value) for name, value in fields.items()) + b"\n"


def write_journal(path, numbers):
    """A journal file, or more of them beside it when it grows large."""
    path.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["/lib/systemd/systemd-journal-remote", "-o", str(path), "-"], input=b"".join(map(entry, numbers)),
        capture_output=True, timeout=120, check=False, env={**os.environ, "SYSTEMD_JOURNAL_KEYED_HASH": "0"})
    assert done.returncode == 0, done.stderr.decode(errors="replace")


def entries_by_journalctl(directory):
    """What journalctl makes of the files: one object for each entry."""
    done = run(["journalctl", "--directory", directory, "-o", "json", "--all", "--no-pager"], seconds=120)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
