"""What came of a clearing: what is left, what nobody had seen before, and all of it in words."""

from collections.abc import Iterable
from typing import Final

from cartech_desk.bay.fault_acts import Cleared
from cartech_desk.domain.faults.found import Answered, CodeFound, CodeStatus, FaultScan

_STANDING: Final = frozenset({CodeStatus.STORED, CodeStatus.PENDING})


def unseen_codes(scan: FaultScan) -> tuple[int, ...]:
    """Return the ECUs that hold stored codes which nobody has seen, or may hold them.

    Their list could not be read and none of their codes is known, or they count more than is known.
    """
    known = [code.ecu for code in scan.codes if CodeStatus.STORED in code.status]
    unread = {
        one.ecu for one in scan.unknown if one.kind is CodeStatus.STORED and one.ecu not in known
    }
    counted = {lamp.ecu for lamp in scan.lamps if lamp.codes > known.count(lamp.ecu)}
    return tuple(sorted(unread | counted))


def left(scan: FaultScan) -> tuple[tuple[CodeFound, ...], tuple[CodeFound, ...]]:
    """Return the codes that came back or are still there, and the permanent ones."""
    back = tuple(code for code in scan.codes if _STANDING & set(code.status))
    permanent = tuple(code for code in scan.codes if CodeStatus.PERMANENT in code.status)
    return back, permanent


def verdict(ended: Cleared) -> str:
    """Return one sentence on how a clearing ended, the worst first."""
    parts = []
    if ended.refused:
        reasons = "; ".join(f"ECU {ecu:X}: {why}" for ecu, why in sorted(ended.refused.items()))
        parts.append(f"not every control unit confirmed that it cleared its codes ({reasons})")
    else:
        parts.append("every control unit confirmed that it cleared its codes")
    if ended.unread:
        ecus = ", ".join(f"{ecu:X}" for ecu in ended.unread)
        parts.append(f"ECU {ecus}, of which nothing had been read, cleared its codes too")
    if ended.after is None:
        parts.append("what is there now is not known, because the car could not be read again")
    else:
        parts += _after(ended, ended.after.scan)
    sentence = "; ".join(parts)
    return sentence[:1].upper() + sentence[1:] + "."


def _after(ended: Cleared, scan: FaultScan) -> list[str]:
    parts = []
    unknown = sorted({one.ecu for one in scan.unknown})
    lamps = _lamps(ended, scan)
    if ended.came_back:
        now = _named(one.code for one in ended.came_back)
        parts.append(f"{now} {'is' if len(ended.came_back) == 1 else 'are'} there again")
    elif not unknown and not lamps and _told(scan):
        parts.append("none came back")
    parts += lamps
    if unknown:
        ecus = ", ".join(f"{ecu:X}" for ecu in unknown)
        parts.append(f"what ECU {ecus} has now could not be read")
    if ended.permanent:
        stay = _named(one.code for one in ended.permanent)
        only = "is permanent and goes" if len(ended.permanent) == 1 else "are permanent and go"
        parts.append(f"{stay} {only} only once the car has proven the repair by driving")
    return parts


def _lamps(ended: Cleared, scan: FaultScan) -> list[str]:
    """Say what the lamps tell against it that all is gone, and whose are not known."""
    parts = ["the lamp is still on"] if scan.mil else []
    known = [code.ecu for code in ended.came_back if CodeStatus.STORED in code.status]
    parts += [
        f"ECU {lamp.ecu:X} still counts {lamp.codes}"
        for lamp in scan.lamps
        if lamp.codes > known.count(lamp.ecu)
    ]
    if ended.lamps_untold:
        ecus = ", ".join(f"{ecu:X}" for ecu in ended.lamps_untold)
        parts.append(f"whether the lamp is off and how many codes ECU {ecus} counts is not known")
    return parts


def _told(scan: FaultScan) -> bool:
    return any(one.answered is Answered.TOLD for one in scan.codes_told)


def _named(codes: Iterable[str]) -> str:
    all_codes = list(dict.fromkeys(codes))
    shown = ", ".join(all_codes[:5])
    return shown if len(all_codes) <= 5 else f"{shown} and {len(all_codes) - 5} more"
