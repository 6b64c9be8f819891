"""An identified car as JSON and back, and what is no longer what it was.

What comes back from the store may be damaged or written by another version: where any part of it
makes no sense, nothing is known.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cartech_desk.bay.identification import Identification
from cartech_desk.bay.status import CarIdentity, EcuIdentity
from cartech_desk.hardware.findings import link_changes, link_document, read_link

VERSION: Final = 1
"""Of what stands in the document and of how it is read from a car: another one is not known."""
_HIGHEST_PID: Final = 0xFFFF
_SUM: Final = "sum"


@dataclass(frozen=True, slots=True)
class Remembered:
    """A car as it was found when it was last asked everything.

    `answered` are the requests of signal sets that it answers; `confirmed` where two full
    identifications in a row found the same.
    """

    found: Identification
    read: datetime
    answered: frozenset[str] = frozenset()
    confirmed: bool = False

    @property
    def sure(self) -> bool:
        """Whether it can be believed that this is all of the car.

        A bad moment of the wire leaves a warning, or an ECU that told nothing of itself; where
        that came twice, the car is like that.
        """
        car = self.found.car
        return self.confirmed or (not car.warnings and all(map(_tells, car.ecus)))


def document_of(remembered: Remembered) -> dict[str, Any]:
    """Return it as JSON values; the full scales are left out, which are read at every meeting."""
    found = remembered.found
    document = {
        "version": VERSION,
        "read": remembered.read.astimezone(UTC).isoformat(timespec="seconds"),
        "link": link_document(found.link),
        "vin": found.car.vin,
        "ecus": [
            {
                "address": ecu.address,
                "name": ecu.name,
                "calibration_ids": list(ecu.calibration_ids),
                "cvns": list(ecu.cvns),
            }
            for ecu in found.car.ecus
        ],
        "supported": {f"{ecu:X}": sorted(pids) for ecu, pids in sorted(found.supported.items())},
        "warnings": list(found.car.warnings),
        "answered": sorted(remembered.answered),
        "confirmed": remembered.confirmed,
    }
    return document | {_SUM: _sum(document)}


def read_document(document: Mapping[str, Any]) -> Remembered | None:
    """Read what `document_of` returned; None where a part of it makes no sense."""
    told = {name: value for name, value in document.items() if name != _SUM}
    try:
        return _read(told) if document[_SUM] == _sum(told) else None
    except (KeyError, TypeError, ValueError):
        return None


def changes(before: Remembered, now: Identification) -> tuple[str, ...]:
    """Say in whole sentences what of a car is not what it was; `now` was asked everything.

    What was not sure before, or could not be read now, has not changed for that.
    """
    told = list(link_changes(before.found.link, now.link)) if before.sure else []
    old = {ecu.address: ecu for ecu in before.found.car.ecus}
    for ecu in now.car.ecus:
        then = old.get(ecu.address)
        if then is None:
            continue
        if words := _programmed(then, ecu):
            told.append(
                f"ECU {ecu.address:X} was programmed anew since {before.read:%Y-%m-%d}: {words}."
            )
        elif before.sure and not now.car.warnings and _others(before.found, now, ecu.address):
            told.append(f"ECU {ecu.address:X} offers other values than last time.")
    return tuple(told)


def alike(one: Identification, other: Identification) -> bool:
    """Tell whether two full identifications found the same."""
    return (one.link, one.car, one.supported) == (other.link, other.car, other.supported) and dict(
        one.link.first_bitmaps
    ) == dict(other.link.first_bitmaps)


def _read(document: Mapping[str, Any]) -> Remembered | None:
    link = read_link(document["link"])
    vin = document["vin"]
    if document["version"] != VERSION or link is None or not isinstance(vin, str):
        return None
    car = CarIdentity(
        vin, tuple(_ecu(one) for one in document["ecus"]), _texts(document["warnings"])
    )
    listed = document["supported"]
    if not isinstance(listed, Mapping):
        return None
    supported = {int(ecu, 16): _pids(pids) for ecu, pids in listed.items()}
    if not set(link.ecus) <= {ecu.address for ecu in car.ecus}:
        return None
    read = datetime.fromisoformat(document["read"])
    if read.tzinfo is None:
        return None
    return Remembered(
        Identification(link, car, supported, recalled=True),
        read,
        frozenset(_texts(document["answered"])),
        document["confirmed"] is True,
    )


def _tells(ecu: EcuIdentity) -> bool:
    return bool(ecu.name or ecu.calibration_ids or ecu.cvns)


def _ecu(document: Mapping[str, Any]) -> EcuIdentity:
    address, name = document["address"], document["name"]
    if not isinstance(address, int) or not isinstance(name, str):
        raise TypeError
    return EcuIdentity(address, name, _texts(document["calibration_ids"]), _texts(document["cvns"]))


def _sum(document: Mapping[str, Any]) -> str:
    """Return what tells a document that was damaged and still makes sense."""
    text = json.dumps(document, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise TypeError
    return tuple(value)


def _pids(value: object) -> frozenset[int]:
    if not isinstance(value, list) or not all(type(one) is int for one in value):
        raise TypeError
    if not all(0 < one <= _HIGHEST_PID for one in value):
        raise ValueError
    return frozenset(value)


def _programmed(before: EcuIdentity, now: EcuIdentity) -> str:
    """Say how the software of an ECU changed, as far as both times it was told."""
    pairs = (
        ("calibration", before.calibration_ids, now.calibration_ids),
        ("verification number", before.cvns, now.cvns),
    )
    return "; ".join(
        f"its {what} is {', '.join(new)}, it was {', '.join(old)}"
        for what, old, new in pairs
        if old and new and old != new
    )


def _others(before: Identification, now: Identification, ecu: int) -> bool:
    bitmaps = before.link.first_bitmaps.get(ecu), now.link.first_bitmaps.get(ecu)
    supported = before.supported.get(ecu), now.supported.get(ecu)
    return any(
        old is not None and new is not None and old != new for old, new in (bitmaps, supported)
    )
