"""Reading everything that a scan tool reads, from every ECU, read-only.

Works over `Ask`, as `identification` does, for cars of SAE J1979 and of OBD on UDS (J1979-2).
What cannot be read is a warning or an UNKNOWN, never "nothing there". Only a lost wire ends it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cartech_desk.bay.identification import Ask, Identification
from cartech_desk.domain.faults.found import FaultScan

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


def read_faults(
    ask: Ask,
    found: Identification,
    *,
    url: str,
    adapter: str,
    parts: ScanParts = ALL,
    voltage: float | None = None,
    progress: Progress = lambda words, share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> FaultScan:
    """Read faults of an identified car; `cancelled` is asked between two requests.

    A car that goes silent in the middle gives a scan that is not `complete`; a lost wire too.
    Errors: ScanCancelled.
    """
    raise NotImplementedError
