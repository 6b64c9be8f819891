"""What a script lets happen at set times beside the driving: faults of the car, words of its ECUs.

A fault that has a physical cause is a fault of faults.toml and acts through the car's physics. What
has none, or none that is sharp enough in time (a probe smears 80 ms of lean mixture over a quarter
of a second), is laid over one PID as the ECU tells it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from cartech_desk.hardware.sim.pids import Encoder, Readout

_EDGE_S: Final = 1e-6
"""The car's clock is a sum of steps; this is more than its rounding and less than a step."""


@dataclass(frozen=True, slots=True)
class TimedFault:
    """A fault of faults.toml that is there from `from_s` to `to_s` of the script's time."""

    name: str
    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class Overlay:
    """What an ECU says of one PID from `from_s` to `to_s`, whatever is true.

    One of: `shows`, fields of the state as the ECU believes them, in turn with those of `then`
    every `every_s` where that is given; `raw`, the data bytes in hexadecimal; `left_out`, no
    answer to this PID.
    """

    pid: int
    from_s: float
    to_s: float
    ecu: str = "engine"
    shows: Mapping[str, Any] = field(default_factory=dict)
    then: Mapping[str, Any] = field(default_factory=dict)
    every_s: float = 0.0
    raw: str = ""
    left_out: bool = False

    def data(self, time_s: float, encoder: Encoder, readout: Readout) -> bytes | None:
        """Return the data bytes at this time; None for no answer."""
        if self.left_out:
            return None
        if self.raw:
            return bytes.fromhex(self.raw)
        turns = int((time_s - self.from_s + _EDGE_S) / self.every_s) if self.every_s else 0
        shown = self.then if turns % 2 else self.shows
        return encoder(replace(readout, state=replace(readout.state, **shown)))


@dataclass(frozen=True, slots=True)
class Silence:
    """A whole ECU says nothing from `from_s` to `to_s`."""

    ecu: str
    from_s: float
    to_s: float


Timed = TimedFault | Overlay | Silence


class Scenario:
    """What happens when; belongs to one vehicle and is asked with its time."""

    def __init__(
        self,
        faults: tuple[TimedFault, ...] = (),
        overlays: tuple[Overlay, ...] = (),
        silences: tuple[Silence, ...] = (),
    ) -> None:
        self._faults = faults
        self._overlays = overlays
        self._silences = silences
        self._present: set[str] = set()

    def step(self, time_s: float, present: set[str]) -> None:
        """Let faults come and go; those that somebody else injected stay."""
        for fault in self._faults:
            if _is_on(fault, time_s) and fault.name not in self._present:
                self._present.add(fault.name)
                present.add(fault.name)
            elif time_s + _EDGE_S >= fault.to_s and fault.name in self._present:
                self._present.discard(fault.name)
                present.discard(fault.name)

    def is_silent(self, ecu: str, time_s: float) -> bool:
        """Tell whether an ECU says nothing now."""
        return any(s.ecu == ecu and _is_on(s, time_s) for s in self._silences)

    def data(self, ecu: str, pid: int, encoder: Encoder, readout: Readout) -> bytes | None:
        """Return what an ECU says of a PID; None for no answer."""
        time_s = readout.state.time_s
        for overlay in self._overlays:
            if overlay.pid == pid and overlay.ecu == ecu and _is_on(overlay, time_s):
                return overlay.data(time_s, encoder, readout)
        return encoder(readout)


def _is_on(timed: Timed, time_s: float) -> bool:
    return timed.from_s <= time_s + _EDGE_S < timed.to_s
