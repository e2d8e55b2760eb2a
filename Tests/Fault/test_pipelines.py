"""File or journal → agent → broker → sink → file, undisturbed: what comes out is what went in."""

import json

from harness import journals, logs
from harness.waiting import wait_until


def missing_text(expected, directory):
    return "; ".join(
        f"{name}: {len(found)} of {len(content)} bytes"
        for name, content in expected.items()
        if (found := read(directory / name)) != content)


def read(path):
    return path.read_bytes() if path.exists() else b""


def test_files_come_out_byte_for_byte(broker, programs, tmp_path, tell):
    sources = logs.log_files(tmp_path / "logs", tell)
    assert len(sources) == 8
    expected = {source.name: logs.with_last_line_ended(source.read_bytes()) for source in sources}
    agent = programs.agent(broker, [{"type": "file", "include": [str(tmp_path / "logs/*.log")], "topic": "loghub"}])
    output = tmp_path / "out"
    sink = programs.sink(broker, ["loghub"], {"type": "file", "path": str(output / "{topic}" / "{basename}")})
    wait_until(lambda: {name: read(output / "loghub" / name) for name in expected} == expected, "all logs to come out", 60,
               describe=lambda: missing_text(expected, output / "loghub"))
    for process in (agent, sink, broker):
        process.stop()
    assert {name: read(output / "loghub" / name) for name in expected} == expected
    assert sorted(path.name for path in (output / "loghub").iterdir()) == sorted(expected)


def test_growing_files_and_restarts_repeat_nothing(broker, programs, tmp_path):
    """Each part is ended in order and started again while lines are written; every line comes out once."""
    source = tmp_path / "growing.log"
    source.write_bytes(b"")
    output = tmp_path / "growing.out"
    agent = programs.agent(broker, [{"type": "file", "include": [str(source)], "topic": "growing"}])
    sink = programs.sink(broker, ["growing"], {"type": "file", "path": str(output)})
    written = b""
    for turn, restarted in enumerate([agent, sink, broker, agent, sink, None]):
        lines = b"".join(b"turn %d line %d\n" % (turn, number) for number in range(1000))
        with open(source, "ab") as file:
            file.write(lines)
        written += lines
        if restarted:
            restarted.stop()
            restarted.start()
    wait_until(lambda: len(read(output)) >= len(written), "all lines to come out", 60,
               describe=lambda: f"{len(read(output))} of {len(written)} bytes")
    for process in (agent, sink, broker):
        process.stop()
    assert read(output) == written


def test_a_journal_comes_out_whole_and_in_order(programs, tmp_path, tell):
    """50,000 entries; the agent is ended in their middle and goes on from its cursor."""
    broker = programs.broker(settings=["num.partitions=1"])
    journal = tmp_path / "journal"
    count = 50_000
    journals.write_journal(journal / "first.journal", range(count // 2))
    agent = programs.agent(broker, [{"type": "journald", "directory": str(journal), "topic": "journal"}])
    output = tmp_path / "journal.out"
    sink = programs.sink(broker, ["journal"], {"type": "file", "path": str(output)})
    wait_until(lambda: read(output), "the first entries", 60)
    agent.stop()
    between = read(output).count(b"\n")
    journals.write_journal(journal / "second.journal", range(count // 2, count))
    agent.start()
    wait_until(lambda: read(output).count(b"\n") >= count, "all entries", 120,
               describe=lambda: f"{read(output).count(chr(10).encode())} of {count} came out")
    for process in (agent, sink, broker):
        process.stop()
    entries = [json.loads(line) for line in read(output).splitlines()]
    assert [int(entry["NUMBER"]) for entry in entries] == list(range(count))
    for ours, theirs in zip(entries, journals.entries_by_journalctl(journal), strict=True):
        assert ours == theirs
    tell(f"{between} entries had come out when the agent was ended")
