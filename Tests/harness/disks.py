"""Small disks for tests: they need root and mount."""

import contextlib
import ctypes
import fcntl
import os
import shutil
import subprocess

import pytest

# EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: from then on every call that needs the disk fails with EIO.
_EXT4_IOC_SHUTDOWN = 0x8004587D
_NO_LOG_FLUSH = 2


def _run(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)


def _mount(command, path):
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    path.mkdir(parents=True, exist_ok=True)
    mounted = _run(*command, path)
    if mounted.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")


@contextlib.contextmanager
def small_disk(kind, path, mebibytes):
    """A disk of that size at `path`; `kind` is tmpfs or ext4."""
    if kind == "tmpfs":
        _mount(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs"], path)
    else:
        mkfs = shutil.which("mkfs.ext4", path=os.environ.get("PATH", "") + ":/sbin:/usr/sbin")
        if mkfs is None:
            pytest.skip("there is no mkfs.ext4")
        image = path.with_name(path.name + ".image")
        with open(image, "wb") as file:
            file.truncate(mebibytes << 20)
        made = _run(mkfs, "-q", "-m", "0", image)
        assert made.returncode == 0, made.stderr
        _mount(["mount", "-o", "loop", image], path)
    try:
        yield path
    finally:
        # A process that was just killed may hold it for a moment; then it goes when that has ended.
        if _run("umount", path).returncode != 0:
            _run("umount", "-l", path)


def fail(path):
    """Has every further call to an ext4 disk fail, as a dead device does."""
    directory = os.open(path, os.O_RDONLY)
    try:
        fcntl.ioctl(directory, _EXT4_IOC_SHUTDOWN, ctypes.c_uint32(_NO_LOG_FLUSH))
    finally:
        os.close(directory)


def free_bytes(path):
    status = os.statvfs(path)
    return status.f_bavail * status.f_frsize
