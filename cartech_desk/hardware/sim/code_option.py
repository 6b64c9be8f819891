"""The option `codes`: any code in any ECU, as one of an earlier drive.

P0299:engine                    stored, with a freeze frame
U0100:gearbox:pending           pending only
P0420-64:engine:stored+permanent

In a URL a plus is a space: a space and a slash do the same as a plus.
"""

import re
from typing import Final

from cartech_desk.hardware.sim.car_data import Fault
from cartech_desk.hardware.sim.option_values import refused

ECUS: Final = ("engine", "gearbox", "brakes")
KINDS: Final = {"stored": "confirmed", "pending": "pending", "permanent": "permanent"}
NEVER_S: Final = 1e9

_ENTRY: Final = re.compile(r"([PCBU][0-3][0-9A-F]{3})(?:-([0-9A-F]{2}))?:(\w+)(?::([\w+ /]+))?")


def codes(name: str, text: str) -> tuple[Fault, ...]:
    """Read entries with commas. Errors: BadAdapterUrl for an entry that cannot be."""
    return tuple(_entry(name, part) for part in text.split(",") if part)


def _entry(name: str, part: str) -> Fault:
    match = _ENTRY.fullmatch(part)
    if match is None:
        raise refused(name, part, "Write P0299:engine or U0100:gearbox:pending, with commas.")
    code, failure, ecu, kinds = match.groups()
    wanted = re.split("[+ /]", kinds or "stored")
    if ecu not in ECUS:
        raise refused(name, part, f"Use one of the control units {', '.join(ECUS)}.")
    if not set(wanted) <= set(KINDS):
        raise refused(name, part, f"Use {', '.join(KINDS)} behind the control unit, with +.")
    return Fault(
        name=part,
        code=code,
        ecu=ecu,
        says="a code of an earlier drive",
        pending_s=NEVER_S,
        confirmed_s=NEVER_S,
        failure=int(failure or "0", 16),
        kinds=tuple(KINDS[kind] for kind in wanted),
        lamp=code[0] == "P" and ecu != "brakes",
    )
