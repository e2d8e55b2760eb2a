import importlib
import signal
import sys


def main():
    client, *arguments = sys.argv[1:]
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    importlib.import_module(f"harness.members.{client}").run(*arguments, stopped=lambda: bool(stop))


main()
