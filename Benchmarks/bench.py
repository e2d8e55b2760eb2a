"""What the benchmark scripts share: a broker on a temporary directory, and the load generator's results."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def release_programs():
    subprocess.run(["swift", "build", "-c", "release"], cwd=ROOT, check=True, stdout=sys.stderr)
    path = subprocess.run(
        ["swift", "build", "-c", "release", "--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True)
    return path.stdout.strip()


def real_lines(directory):
    """One file of all logs that lie beside the project, as real as lines get; None when there are none."""
    logs = os.path.join(ROOT, "..", "shared", "loghub")
    found = sorted(
        os.path.join(folder, name) for folder, _, names in os.walk(logs) for name in names if name.endswith(".log"))
    if not found:
        return None
    path = os.path.join(directory, "lines.log")
    with open(path, "wb") as target:
        for name in found:
            with open(name, "rb") as source:
                target.write(source.read() + b"\n")
    return path


def describe_machine():
    load = os.getloadavg()
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    print(f"{os.cpu_count()} cores ({model}), load {load[0]:.2f} {load[1]:.2f} before the start, "
          f"kernel {os.uname().release}")
    if load[0] > 0.5 * os.cpu_count():
        print("OTHERS ARE AT WORK ON THIS MACHINE: wall-clock figures are worth little")


class Broker:
    """A broker process on a port of its own. `seconds_to_start` is from its start until it takes a connection."""

    def __init__(self, programs, data, flush, arguments=(), environment=None, patience=120):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.programs = programs
        self.address = f"127.0.0.1:{self.port}"
        self.log = open(data + ".log", "ab")
        begun = time.monotonic()
        self.process = subprocess.Popen(
            [os.path.join(programs, "splashdam-broker"), "--data", data, "--listen", self.address, "--flush", flush,
             *arguments],
            stdout=self.log, stderr=self.log, env={**os.environ, **(environment or {})})
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                self.seconds_to_start = time.monotonic() - begun
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() - begun > patience:
                    self.process.kill()
                    sys.exit(f"the broker does not start; see {data}.log")
                time.sleep(0.01)

    def resident_megabytes(self):
        """Now, and at most since the start."""
        values = {}
        for line in open(f"/proc/{self.process.pid}/status"):
            name, _, value = line.partition(":")
            values[name] = value.split()
        return int(values["VmRSS"][0]) / 1000, int(values["VmHWM"][0]) / 1000

    def cpu_seconds(self):
        """Of all threads, in user mode and in the kernel; in steps of 10 ms."""
        fields = open(f"/proc/{self.process.pid}/stat").read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def tool(self, *arguments):
        return subprocess.run(
            [os.path.join(self.programs, "splashdam"), *arguments, "--brokers", self.address], check=True,
            stdout=subprocess.DEVNULL)

    def begin_bench(self, *arguments):
        command = [os.path.join(self.programs, "splashdam"), "bench", *arguments, "--json", "--brokers", self.address,
                   "--broker-pid", str(self.process.pid)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def bench(self, *arguments):
        """The result of a run of the load generator; None, with the reason on standard error, when it failed."""
        return finish_bench(self.begin_bench(*arguments))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        finally:
            self.log.close()
        if status != 0:
            print(f"the broker ended with {status}; see its log", file=sys.stderr)
        return status

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.log.close()


def finish_bench(run):
    output, errors = run.communicate()
    if run.returncode != 0:
        print(f"{' '.join(run.args)}\nended with {run.returncode}: {errors.strip()}", file=sys.stderr)
        return None
    print(f"  {output.strip()}", file=sys.stderr)
    return json.loads(output)


def floor(programs, directory):
    run = subprocess.run(
        [os.path.join(programs, "splashdam"), "bench", "floor", "--directory", directory, "--json"],
        capture_output=True, text=True, check=True)
    return json.loads(run.stdout)
