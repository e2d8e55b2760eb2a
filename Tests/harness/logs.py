"""Log files to send through: real ones where there are some, else made with the same traits."""

import random

from .paths import LOGHUB

TRAITS = {
    "Android": ("\r\n", False), "Apache": ("\n", True), "HDFS": ("\r\n", False), "Hadoop": ("\r\n", True),
    "Linux": ("\n", True), "OpenSSH": ("\r\n", False), "Spark": ("\n", True), "Zookeeper": ("\n", False),
}


def log_files(directory, tell):
    """Eight log files below `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    found = sorted(LOGHUB.glob("*.log")) if LOGHUB.is_dir() else []
    for source in found:
        (directory / source.name).write_bytes(source.read_bytes())
    if not found:
        tell(f"{LOGHUB} is not there; using made logs with the same traits")
        for name, (end, ends_last_line) in TRAITS.items():
            (directory / f"{name}.log").write_bytes(made_log(name, end.encode(), ends_last_line))
    return sorted(directory.glob("*.log"))


def made_log(name, end, ends_last_line, lines=2000):
    """Lines up to 900 bytes, among them empty ones, UTF-8, broken UTF-8, bare CR, NUL and stack traces."""
    made = random.Random(name)
    content = []
    for number in range(lines):
        start = b"2026-11-24 10:%02d:%02d,%03d INFO %s[%d]: " % (
            number // 60 % 60, number % 60, number % 1000, name.encode(), number)
        kinds = [
            b"connection from 10.0.0.%d" % (number % 256), b"x" * made.randrange(700, 900), "grüße 日志 🪵".encode(),
            b"broken \xff\xfe\x80 utf-8 \xc3", b"progress 10%\rprogress 20%\rdone", b"nul \x00 inside", b"",
            b"failed\n\tat org.example.Main.run(Main.java:%d)\n\t... 11 more" % number,
        ]
        content.append(start + made.choice(kinds) if made.randrange(50) else b"")
    return end.join(content) + (end if ends_last_line else b" the end")


def with_last_line_ended(content):
    return content if not content or content.endswith(b"\n") else content + b"\n"
