"""Readiness monitors side by side: since codes were cleared, and in this driving cycle."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from cartech_desk.domain.faults.counted import readiness_of
from cartech_desk.domain.faults.found import FaultScan, Monitor, Readiness
from cartech_desk.ui.models.fault_words import ecu_words
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.words import counted


@dataclass(frozen=True, slots=True)
class MonitorRow:
    """One monitor of one control unit; None where it is not told or not due."""

    ecu: str
    name: str
    since_clear: bool | None
    this_cycle: bool | None


def monitor_rows(scan: FaultScan) -> tuple[MonitorRow, ...]:
    """Return every monitor, those not complete since clear first, each under its control unit."""
    rows = []
    for address in sorted({one.ecu for one in (*scan.since_clear, *scan.this_cycle)}):
        since = _monitors(scan.since_clear, address)
        cycle = _monitors(scan.this_cycle, address)
        named = {key: one.name for key, one in (*cycle.items(), *since.items())}
        for key, name in sorted(named.items(), key=itemgetter(1)):
            rows.append(
                MonitorRow(
                    ecu_words(scan, address),
                    name,
                    since[key].complete if key in since else None,
                    cycle[key].complete if key in cycle else None,
                )
            )
    rank = {False: 0, True: 1, None: 2}
    return tuple(sorted(rows, key=lambda row: rank[row.since_clear]))


def not_complete(readings: Sequence[Readiness]) -> int:
    """Return how many monitors of the car are not complete, each counted once."""
    ready = readiness_of(readings)
    return len(ready.open) if ready is not None else 0


def readiness_words(scan: FaultScan) -> str:
    """Say in a line how ready the car is for an inspection."""
    ready = readiness_of(scan.since_clear)
    if ready is None:
        return "Readiness not known"
    left = len(ready.open)
    total = left + len(ready.complete)
    if left:
        return f"{left} of {counted(total, 'monitor')} not complete since codes were cleared"
    return f"All {counted(total, 'monitor')} complete since codes were cleared"


def monitor_state(complete: bool | None) -> tuple[State, str]:
    """Return shape, colour and word of a monitor."""
    if complete is None:
        return State.OUT_OF_SERVICE, "not told"
    return (State.CONNECTED, "complete") if complete else (State.CONNECTING, "not complete")


def _monitors(readings: Sequence[Readiness], ecu: int) -> dict[str, Monitor]:
    return {one.key: one for reading in readings if reading.ecu == ecu for one in reading.monitors}
