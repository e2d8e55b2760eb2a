"""Where things are."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
BINARIES = REPOSITORY / ".build" / "release"
# Real logs of eight systems, beside a checkout where there is one.
LOGHUB = REPOSITORY.parent / "shared" / "loghub"


def binary(name):
    path = BINARIES / name
    assert path.exists(), f"{path} is missing; build it with: swift build -c release"
    return path
