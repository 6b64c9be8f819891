"""Reading everything that a scan tool reads, from every ECU, read-only.

Works over `Ask`, as `identification` does, for cars of SAE J1979 and of OBD on UDS (J1979-2).
What cannot be read is a warning or an UNKNOWN, never "nothing there". Only a lost wire ends it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from cartech_desk.bay.fault_scan_asking import Asking, CarGone, ScanCancelled
from cartech_desk.bay.fault_scan_found import Found
from cartech_desk.bay.fault_scan_heard import note_unheard
from cartech_desk.bay.fault_scan_j1979 import J1979
from cartech_desk.bay.fault_scan_uds import Uds
from cartech_desk.bay.identification import Ask, Identification
from cartech_desk.domain.faults.found import FaultScan
from cartech_desk.hardware.errors import HardwareError

__all__ = ["ALL", "CODES", "Progress", "ScanCancelled", "ScanParts", "read_faults"]

Progress = Callable[[str, float], None]
"""Told what is being read, in words, and how much of all is done (0 to 1)."""


@dataclass(frozen=True, slots=True)
class ScanParts:
    """What to read beside codes: all of it for a check-up."""

    frames: bool = True
    readiness: bool = True
    tests: bool = True
    counters: bool = True


ALL = ScanParts()
CODES = ScanParts(frames=False, readiness=False, tests=False, counters=False)
"""Lamp and codes alone."""


class _Dialect(Protocol):
    """The parts of a scan in the language of one kind of car."""

    def status(self) -> None: ...
    def codes(self) -> None: ...
    def counters(self) -> None: ...
    def frames(self) -> None: ...
    def tests(self) -> None: ...


def _nobody(words: str, share: float) -> None:
    """Nobody wants to be told."""


def read_faults(
    ask: Ask,
    found: Identification,
    *,
    url: str,
    adapter: str,
    parts: ScanParts = ALL,
    voltage: float | None = None,
    progress: Progress = _nobody,
    cancelled: Callable[[], bool] = lambda: False,
) -> FaultScan:
    """Read faults of an identified car; `cancelled` is asked between two requests.

    A car that goes silent in the middle gives a scan that is not `complete`; a lost wire too.
    Errors: ScanCancelled.
    """
    at, began = datetime.now(UTC), time.monotonic()
    gathered = Found(tuple(sorted({*found.link.ecus, *found.supported})))
    steps = _Steps(progress)
    asking = Asking(ask, found.link, cancelled)
    kind = Uds if found.link.uds else J1979
    note_unheard(gathered, found.link)
    try:
        _read(asking, kind(asking, found, gathered, steps.told), parts, steps)
        asking.check_there()
    except CarGone:
        gathered.complete = False
        gathered.warn(
            "The car fell silent in the middle of the reading: what was not read by then is not "
            "known. Check the ignition and the plug."
        )
    except HardwareError as error:
        gathered.complete = False
        gathered.warn(
            f"The connection was lost in the middle of the reading: {error.happened} What was not "
            "read by then is not known."
        )
    for ecu, why in asking.given_up.items():
        left = ", ".join(asking.left_of(ecu))
        gathered.warn(f"Not known of ECU {ecu:X}, or only in part: {left}. {why}")
    progress("", 1.0)
    return gathered.scan(
        found,
        at=at,
        url=url,
        adapter=adapter,
        voltage=voltage,
        requests=asking.requests,
        seconds=time.monotonic() - began,
    )


def _read(asking: Asking, dialect: _Dialect, parts: ScanParts, steps: "_Steps") -> None:
    """Read the parts in the order of their weight: what matters most is there first."""
    wanted = (
        (True, "lamp and readiness", 0.1, dialect.status),
        (True, "codes", 0.3, dialect.codes),
        (parts.readiness or parts.counters, "distances and times", 0.35, dialect.counters),
        (parts.frames, "freeze frames", 0.6, dialect.frames),
        (parts.tests, "on-board tests", 1.0, dialect.tests),
    )
    for due, asking.part, end, read in wanted:
        if due:
            steps.upto(end)
            read()


class _Steps:
    """Makes shares of words: each step of a part takes it nearer to the part's end."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._share = self._end = 0.0

    def upto(self, end: float) -> None:
        self._share, self._end = self._end, end

    def told(self, words: str) -> None:
        self._progress(f"reading {words}", self._share)
        self._share += (self._end - self._share) / 3
