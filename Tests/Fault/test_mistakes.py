"""What people get wrong, and what they are told."""

import pytest
from confluent_kafka import KafkaException

from harness.clients import confluent
from harness.paths import REPOSITORY, binary
from harness.process import run
from harness.waiting import wait_until

USAGE = 64
CONFIGURATION = 78


def only_line(done):
    """The one line on stderr of a program that gave up at once."""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, f"expected one line, found: {done.stderr}"
    return lines[0]


def test_a_port_in_use(broker, programs, tmp_path):
    done = run([binary("splashdam-broker"), "--data", tmp_path / "other", "--listen", broker.address])
    assert done.returncode not in (0, USAGE, CONFIGURATION)
    assert str(broker.port) in done.stderr and "in use" in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 3
    broker.check_running()


def test_a_data_directory_of_another_broker(broker):
    done = run([binary("splashdam-broker"), "--data", broker.data, "--listen", "127.0.0.1:0"])
    assert done.returncode not in (0, USAGE, CONFIGURATION)
    assert str(broker.data) in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 3
    broker.check_running()


@pytest.mark.parametrize("program", ["splashdam-broker", "splashdam-agent", "splashdam-sink", "splashdam"])
def test_an_unknown_option(program):
    done = run([binary(program), "--no-such-option"])
    assert done.returncode == USAGE
    assert "--no-such-option" in done.stderr


@pytest.mark.parametrize("program,text,key,meant", [
    ("splashdam-agent", 'brokers: ["127.0.0.1:1"]\nstate_dri: /tmp/x\nsources: []\n', "state_dri", "state_dir"),
    ("splashdam-sink", 'brokers: ["127.0.0.1:1"]\ngroup: g\ntopcis: [a]\noutput:\n  type: stdout\n', "topcis", "topics"),
])
def test_a_key_misspelt(tmp_path, program, text, key, meant):
    path = tmp_path / "mistaken.yaml"
    path.write_text(text)
    done = run([binary(program), "--config", path])
    line = 1 + text[:text.index(key)].count("\n")
    assert done.returncode == CONFIGURATION
    told = only_line(done)
    assert f"{path}:{line}" in told and key in told and meant in told


def test_a_broker_setting_misspelt(tmp_path):
    done = run([
        binary("splashdam-broker"), "--data", tmp_path / "data", "--listen", "127.0.0.1:0", "--set",
        "num.partitoins=3",
    ])
    assert done.returncode in (USAGE, CONFIGURATION)
    assert "num.partitoins" in done.stderr and "num.partitions" in done.stderr


@pytest.mark.parametrize("program", ["splashdam-agent", "splashdam-sink"])
def test_a_configuration_that_is_not_there(tmp_path, program):
    done = run([binary(program), "--config", tmp_path / "nowhere.yaml"])
    assert done.returncode == CONFIGURATION
    assert "nowhere.yaml" in only_line(done)


@pytest.mark.parametrize("topic", ["a b", "../etc", ".", "", "x" * 250, "ümläut"])
def test_a_topic_name_that_is_not_allowed(broker, topic):
    with pytest.raises((KafkaException, ValueError)) as refusal:
        confluent.create_topic(broker.address, topic, 1)
    if isinstance(refusal.value, KafkaException):
        assert refusal.value.args[0].name() == "TOPIC_EXCEPTION", refusal.value
    broker.check_running()


def test_a_topic_name_the_tool_refuses(broker):
    done = run([binary("splashdam"), "topics", "create", "a b", "--brokers", broker.address])
    assert done.returncode not in (0,)
    assert "a b" in done.stderr


def test_an_unreadable_log_file_and_a_readable_one(broker, programs, tmp_path):
    """The first is named in the agent's log, the second is sent."""
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "closed.log").write_bytes(b"secret\n")
    (logs / "closed.log").chmod(0)
    (logs / "open.log").write_bytes(b"public\n")
    agent = programs.agent(
        broker, [{"type": "file", "include": [str(logs / "*.log")], "topic": "logs"}], start=False)
    # Root may read everything, unless it gives that up.
    agent.command = [
        "setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search", *agent.command,
    ]
    agent.start()
    wait_until(lambda: "closed.log" in agent.stderr(), "a word about closed.log", 20, describe=agent.log_tail)
    received = confluent.read(broker.address, "logs", 6, 1, seconds=20)
    assert [record.value for record in received] == [b"public"]
    agent.stop()


def test_an_agent_waits_for_its_broker(programs, tmp_path):
    """Nothing is lost, and little kept in memory, while there is no broker."""
    source = tmp_path / "waiting.log"
    line = b"a line that waits for a broker to come up, and is some hundred bytes long so that it adds up %07d\n"
    source.write_bytes(b"".join(line % number for number in range(300_000)))
    broker = programs.broker(start=False)
    agent = programs.agent(broker, [{"type": "file", "include": [str(source)], "topic": "late"}])
    agent.wait_for_log(broker.address.split(":")[1])
    before = agent.resident_bytes()
    output = tmp_path / "late.out"
    broker.start()
    sink = programs.sink(broker, ["late"], {"type": "file", "path": str(output)})
    size = source.stat().st_size
    wait_until(lambda: output.exists() and output.stat().st_size >= size, "all lines to come out", 60)
    assert output.read_bytes() == source.read_bytes()
    assert before < 100 << 20, f"{before >> 20} MiB while waiting"
    agent.stop()
    sink.stop()


def test_two_sinks_that_write_one_file(broker, programs, tmp_path):
    """The second waits, and says why; when the first is gone, it writes."""
    done = run([binary("splashdam"), "produce", "-t", "shared", "--brokers", broker.address], input="one\n", stdin=None)
    assert done.returncode == 0, done.stderr
    output = {"type": "file", "path": str(tmp_path / "shared.out")}
    first = programs.sink(broker, ["shared"], output, group="first", name="first")
    wait_until(lambda: (tmp_path / "shared.out").exists() and (tmp_path / "shared.out").read_text() == "one\n",
               "the first sink's line", 20)
    second = programs.sink(broker, ["shared"], output, group="second", name="second")
    second.wait_for_log("another process writes it")
    assert "give each sink a path of its own" in second.stderr()
    assert (tmp_path / "shared.out").read_text() == "one\n"
    first.stop()
    wait_until(lambda: (tmp_path / "shared.out").read_text() == "one\none\n", "the second sink's line", 20)
    second.stop()


def test_a_topic_that_is_not_there(broker, programs):
    """A sink waits for it, and says so once; it may be a slip of the pen."""
    sink = programs.sink(broker, ["nignx"], {"type": "stdout"})
    sink.wait_for_log("there is no topic nignx yet")
    done = run([binary("splashdam"), "produce", "-t", "nignx", "--brokers", broker.address], input="late\n", stdin=None)
    assert done.returncode == 0, done.stderr
    wait_until(lambda: sink.stdout() == b"late\n", "the line", 20, describe=sink.log_tail)
    assert sink.stderr().count("there is no topic") == 1
    sink.stop()


@pytest.mark.parametrize("program", ["splashdam-broker", "splashdam-agent", "splashdam-sink", "splashdam"])
def test_every_program_tells_its_version(program):
    done = run([binary(program), "--version"])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == run([binary("splashdam"), "--version"]).stdout


@pytest.mark.parametrize("address", ["0.0.0.0", "127.0.0.1:99999", "host:port"])
def test_an_address_that_is_none(tmp_path, address):
    """It is told before anything is made."""
    done = run([binary("splashdam-broker"), "--data", tmp_path / "data", "--listen", address])
    assert done.returncode == CONFIGURATION
    assert address in only_line(done)
    assert not (tmp_path / "data").exists()


def test_checking_a_configuration(tmp_path):
    """The samples are right, and one that is not is told."""
    for program in ("broker", "agent", "sink"):
        done = run([binary(f"splashdam-{program}"), "--check", "--config", REPOSITORY / f"etc/{program}.yaml"])
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), program
    (tmp_path / "broker.yaml").write_text("num.partitions: many\n")
    done = run([binary("splashdam-broker"), "--check", "--config", tmp_path / "broker.yaml"])
    assert done.returncode == CONFIGURATION and f"{tmp_path}/broker.yaml:1" in only_line(done)
