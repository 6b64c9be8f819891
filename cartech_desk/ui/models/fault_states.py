"""States that a control unit tells as a number, in plain words: "open loop (cold)" of OL.

SAE J1979-DA has short words, which programs and kept check-ups use; a technician reads these.
"""

import math
from collections.abc import Mapping
from functools import cache
from typing import Final

from cartech_desk.domain.obd.pids import mode01_pids

_PLAIN: Final[Mapping[str, str]] = {
    "OFF": "off",
    "OL": "open loop (cold)",
    "CL": "closed loop",
    "OL-Drive": "open loop (load)",
    "OL-Fault": "open loop (fault)",
    "CL-Fault": "closed loop (fault)",
    "OL B2": "open loop (cold), bank 2",
    "OL-Drive B2": "open loop (load), bank 2",
    "OL-Fault B2": "open loop (fault), bank 2",
    "UPS": "before the catalyst",
    "DNS": "after the catalyst",
    "DIAG": "on for a test",
    "CSM": "charge held",
    "CDM": "charge used up",
    "CIM": "charge raised",
}


def plain(state: str) -> str:
    """Return a state's word as a technician reads it; one without a plain word stands as it is."""
    return _PLAIN.get(state, state)


def state_words(name: str, value: float, told: str = "") -> str:
    """Say the state of a channel or signal; nothing for what is a number and no state.

    `told` is the word that was kept with it. A number without a word is said as it is: "state 3".
    """
    if not math.isfinite(value):
        return plain(told)
    states = _states().get(name)
    if states is None:
        return plain(told) or ""
    return plain(told or states.get(round(value), "")) or f"state {value:g}"


@cache
def _states() -> Mapping[str, Mapping[int, str]]:
    """Return the words of every signal that has some, by its id and by its channel."""
    found: dict[str, Mapping[int, str]] = {}
    for pid in mode01_pids().values():
        for signal in pid.signals:
            if signal.states:
                for name in filter(None, (signal.channel, signal.id)):
                    found.setdefault(name, dict(signal.states))
    return found
