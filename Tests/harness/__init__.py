"""What the Python suites share: the programs under test, raw Kafka frames, records to send and to compare."""
