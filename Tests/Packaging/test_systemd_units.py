"""systemd understands the units and finds them well walled in."""

import shutil

import pytest

from harness.paths import REPOSITORY, binary
from harness.process import run

SERVICES = ["splashdam-broker.service", "splashdam-agent.service", "splashdam-sink@.service"]


@pytest.fixture
def root(tmp_path):
    """A root directory with our programs and units, and systemd's own units."""
    root = tmp_path / "root"
    units = root / "etc/systemd/system"
    units.mkdir(parents=True)
    (root / "usr/bin").mkdir(parents=True)
    shutil.copytree("/lib/systemd/system", root / "usr/lib/systemd/system", symlinks=True)
    for service in SERVICES:
        shutil.copy(REPOSITORY / "systemd" / service, units / service)
        program = service.split(".")[0].rstrip("@")
        shutil.copy(binary(program), root / "usr/bin" / program)
    # Only an instance can be verified.
    shutil.copy(units / "splashdam-sink@.service", units / "splashdam-sink@files.service")
    return root


@pytest.mark.parametrize("service", SERVICES)
def test_verifies(root, service):
    done = run(["systemd-analyze", "verify", f"--root={root}", "--man=no", service.replace("@.", "@files.")])
    # It only warns about keys it does not know.
    assert (done.returncode, done.stderr) == (0, ""), done.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_is_walled_in(root, service):
    done = run(["systemd-analyze", "security", "--offline=true", "--threshold=20", f"--root={root}", service])
    assert done.returncode == 0, done.stdout


def test_users_are_declared(root):
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (root / "etc/group").write_text("root:x:0:\n")
    declaration = REPOSITORY / "systemd/sysusers.d/splashdam.conf"
    done = run(["systemd-sysusers", f"--root={root}", declaration])
    assert done.returncode == 0, done.stderr
    users = {line.split(":")[0] for line in (root / "etc/passwd").read_text().splitlines()}
    for service in SERVICES:
        for line in (REPOSITORY / "systemd" / service).read_text().splitlines():
            if line.startswith("User="):
                assert line.removeprefix("User=") in users
