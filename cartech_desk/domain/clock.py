"""The desk's clock: for the order of readings, for durations, for time stamps."""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Final


def _clock() -> Callable[[], int]:
    if sys.platform == "win32":
        # Before Python 3.13 time.monotonic moves in steps of 15.6 ms there; this one does not,
        # and both go on while the machine sleeps.
        return time.perf_counter_ns
    if hasattr(time, "CLOCK_BOOTTIME"):
        # Linux's CLOCK_MONOTONIC stands still while a laptop sleeps: what came before would look
        # as fresh after it.
        return partial(time.clock_gettime_ns, time.CLOCK_BOOTTIME)
    return time.monotonic_ns


monotonic_ns: Final[Callable[[], int]] = _clock()
"""Nanoseconds that never go back and go on while the machine sleeps; their zero means nothing."""


def utc_now() -> datetime:
    """Return the wall clock's time in UTC, which people may set back."""
    return datetime.now(UTC)
