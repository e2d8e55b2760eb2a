"""A Debian that is booted for a test: this machine's own root under an overlay, in a container of systemd-nspawn."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from .paths import REPOSITORY
from .process import run
from .waiting import wait_until

# What of this machine must not be seen in there.
HIDDEN = ["etc/splashdam", "srv/logs", "var/lib/splashdam", "var/lib/private/splashdam", "var/log/journal"]

BOOT = r"""
set -e
mount -t tmpfs -o mode=755 tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
cd "$1/root"
rm -rf $2
# A control group of its own: containers started from the same one would share their units' groups.
for tree in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
  if [ -e "$tree/cgroup.procs" ] && mkdir "$tree/$3"; then echo $$ >"$tree/$3/cgroup.procs"; fi
done
exec systemd-nspawn --directory "$1/root" --boot --register=no --keep-unit --machine "$3" --private-network \
  --console=read-only --bind-ro "$4:/mnt" systemd.unit=basic.target
"""


class CannotBoot(Exception):
    """Why there is no machine here."""


class Machine:
    """It sees the files of this machine, what is temporary excepted, and the repository below /mnt; what it writes is gone
    with it. It has a network of its own, with loopback only."""

    def __init__(self, directory):
        for program in ("systemd-nspawn", "unshare", "nsenter"):
            if shutil.which(program) is None:
                raise CannotBoot(f"{program} is missing")
        if os.geteuid() != 0:
            raise CannotBoot("only root can boot a container")
        self.name = f"splashdam-test-{os.getpid()}"
        self.leader = None
        mount = directory / "machine"
        mount.mkdir()
        self.console_path = directory / "machine.console"
        with open(self.console_path, "wb") as console:
            self.child = subprocess.Popen(
                ["unshare", "--mount", "--propagation", "private", "bash", "-c", BOOT, "boot", str(mount),
                 " ".join(HIDDEN), self.name, str(REPOSITORY)],
                stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            wait_until(self._is_up, "a booted machine", 20, describe=self.console)
        except AssertionError as error:
            self.close()
            raise CannotBoot(str(error)) from None

    def _is_up(self):
        """Whether the machine's init, whose process id is `leader`, has come to rest."""
        if self.child.poll() is not None:
            raise AssertionError(f"the container ended with {self.child.returncode}: {self.console()}")
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/status") as status:
                    parent = next(int(line.split()[1]) for line in status if line.startswith("PPid:"))
            except (OSError, StopIteration):
                continue
            if parent == self.child.pid:
                self.leader = int(pid)
                return self.run("systemctl", "is-system-running", check=False).stdout.strip() in ("running", "degraded")
        return False

    def console(self):
        return self.console_path.read_text(errors="replace")[-2000:]

    def run(self, *command, check=True, seconds=60):
        """Runs a program in there to its end."""
        done = run(["nsenter", "-t", self.leader, "-m", "-u", "-i", "-n", "-p", "--", *command], seconds=seconds)
        if check:
            assert done.returncode == 0, f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}"
        return done

    def shell(self, script, check=True, seconds=60):
        """What a script of bash prints."""
        return self.run("bash", "-c", script, check=check, seconds=seconds).stdout

    def property(self, unit, name):
        return self.run("systemctl", "show", "--value", "-p", name, unit).stdout.strip()

    def journal(self, unit, *options):
        return self.run("journalctl", "--no-pager", "-q", "-u", unit, *options, check=False).stdout

    def close(self):
        """Ends everything in there. Its mounts go with it; its control groups have to be removed."""
        if self.child.poll() is None:
            # All others in there end with its init, and the container with it.
            os.kill(self.leader or self.child.pid, signal.SIGKILL)
            self.child.wait(10)
        wait_until(self._remove_groups, "the machine's control groups to be empty", 10)

    def _remove_groups(self):
        trees = [Path("/sys/fs/cgroup") / kind / self.name for kind in (".", "systemd", "unified")]
        for tree in filter(Path.exists, trees):
            for directory, _, _ in os.walk(tree, topdown=False):
                try:
                    os.rmdir(directory)
                except OSError:
                    # Processes of it are still ending.
                    return False
        return True
