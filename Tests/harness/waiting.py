"""Waiting for conditions, never for time alone."""

import time


def wait_until(condition, what, seconds=30, every=0.05, describe=lambda: ""):
    """The first true value of condition(); after `seconds` an error that says what was waited for and why in vain."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain for {what}. {describe()}")
        time.sleep(every)
