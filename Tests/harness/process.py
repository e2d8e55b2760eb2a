"""One program under test."""

import os
import signal
import subprocess
import time

from .waiting import wait_until


class Process:
    """A child whose stdout and stderr go to files; restartable, killable by its pid."""

    def __init__(self, name, command, directory, environment=None):
        self.name = name
        self.command = [str(part) for part in command]
        self.directory = directory
        self.environment = environment
        self.stdout_path = directory / f"{name}.out"
        self.stderr_path = directory / f"{name}.err"
        self.child = None
        # How often it was started.
        self.runs = 0

    def start(self):
        assert self.child is None or self.child.poll() is not None, f"{self.name} runs already"
        self.runs += 1
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SPLASHDAM_")}
        environment.update(self.environment or {})
        with open(self.stdout_path, "ab") as stdout, open(self.stderr_path, "ab") as stderr:
            self.child = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, cwd=self.directory, env=environment
            )
        return self

    @property
    def pid(self):
        return self.child.pid

    @property
    def is_running(self):
        return self.child is not None and self.child.poll() is None

    def kill(self):
        """SIGKILL, and waits for the end."""
        self.check_running()
        self.child.kill()
        self.child.wait(10)

    def send_signal(self, number):
        self.check_running()
        os.kill(self.child.pid, number)

    def stop(self, seconds=20, number=signal.SIGTERM):
        """Ends it in order; anything but exit status 0 within `seconds` is an error."""
        self.send_signal(number)
        status = self.wait(seconds)
        assert status == 0, f"{self.name} ended with {status} after signal {number}\n{self.log_tail()}"

    def wait(self, seconds=20):
        """The exit status, within `seconds`."""
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} did not end within {seconds} s\n{self.log_tail()}") from None

    def check_running(self):
        assert self.is_running, f"{self.name} is not running (status {self.status})\n{self.log_tail()}"

    @property
    def status(self):
        return None if self.child is None else self.child.poll()

    def stdout(self):
        return self.stdout_path.read_bytes() if self.stdout_path.exists() else b""

    def stderr(self):
        return self.stderr_path.read_text("utf-8", "replace") if self.stderr_path.exists() else ""

    def log_tail(self, lines=40):
        return f"--- the end of {self.stderr_path}\n" + "\n".join(self.stderr().splitlines()[-lines:])

    def wait_for_log(self, text, seconds=20, after=0):
        """Waits until stderr holds `text` beyond its first `after` characters."""
        wait_until(lambda: text in self.stderr()[after:], f"{text!r} in the log of {self.name}", seconds,
                   describe=self.log_tail)

    def processor_seconds(self):
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self):
        with open(f"/proc/{self.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def run(command, seconds=60, **options):
    """Runs a program to its end; its CompletedProcess, output as text."""
    began = time.monotonic()
    try:
        return subprocess.run(
            [str(part) for part in command], stdin=options.pop("stdin", subprocess.DEVNULL), capture_output=True,
            text=True, errors="replace", timeout=seconds, check=False, **options)
    except subprocess.TimeoutExpired as error:
        took = time.monotonic() - began
        raise AssertionError(f"{command} did not end within {took:.0f} s: {error.stdout} {error.stderr}") from None
