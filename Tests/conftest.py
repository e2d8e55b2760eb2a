"""Fixtures of the Python suites: programs under test in temporary directories, ended whatever happens."""

import random

import pytest

from harness.programs import Programs


@pytest.fixture
def programs(tmp_path, request):
    """Starts brokers, agents and sinks; kills at the end what is left, and tells their logs when the test failed."""
    programs = Programs(tmp_path)
    yield programs
    programs.kill_all()
    report = getattr(request.node, "report_of_call", None)
    if report is not None and report.failed:
        print(programs.logs())


@pytest.fixture
def broker(programs):
    return programs.broker()


@pytest.fixture
def seeded(request):
    """A random generator whose seed is printed; SPLASHDAM_SEED replays one."""
    import os

    seed = int(os.environ.get("SPLASHDAM_SEED") or random.SystemRandom().getrandbits(32))
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{request.node.name}: SPLASHDAM_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def tell(request):
    """Prints a line to the reader of the run, also when the test passes."""

    def tell(text):
        with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            print(f"\n{request.node.name}: {text}")

    return tell


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call":
        item.report_of_call = outcome.get_result()
