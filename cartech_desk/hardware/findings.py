"""What is found out about an adapter and the car behind it, as JSON and back, and compared.

What comes back was kept somewhere and may be damaged or of another version: it is read with
suspicion, and whatever does not make sense is not there.
"""

from collections.abc import Mapping
from typing import Any, Final

from cartech_desk.hardware.adapter import CarLink

_LONGEST: Final = 200
_HIGHEST_ID: Final = 0x1FFFFFFF
_MOST_ECUS: Final = 256
BITMAP_BYTES: Final = 4


def text_of(findings: Mapping[str, Any], name: str) -> str:
    """Return a short text; "" where there is none."""
    value = findings.get(name)
    return value if isinstance(value, str) and len(value) <= _LONGEST else ""


def whole_of(findings: Mapping[str, Any], name: str) -> int | None:
    """Return a whole number that is not negative, None where there is none."""
    value = findings.get(name)
    usable = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if usable else None


def texts_of(findings: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
    """Return a list of texts, None where there is none."""
    value = findings.get(name)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return None
    return tuple(value)


def link_document(link: CarLink) -> dict[str, Any]:
    """Return a link as JSON values; see `read_link`."""
    return {
        "protocol": link.protocol,
        "extended": link.extended,
        "uds": link.uds,
        "ecus": {
            f"{ecu:X}": link.first_bitmaps.get(ecu, b"").hex().upper() for ecu in sorted(link.ecus)
        },
    }


def read_link(document: object) -> CarLink | None:
    """Read what `link_document` returned; None where a part of it makes no sense."""
    if not isinstance(document, Mapping):
        return None
    protocol, ecus = text_of(document, "protocol"), document.get("ecus")
    flags = document.get("extended"), document.get("uds")
    if not protocol or not isinstance(ecus, Mapping) or not 0 < len(ecus) <= _MOST_ECUS:
        return None
    if not all(isinstance(flag, bool) for flag in flags):
        return None
    bitmaps: dict[int, bytes] = {}
    try:
        told = {int(str(ecu), 16): bytes.fromhex(bitmap) for ecu, bitmap in ecus.items()}
    except (TypeError, ValueError):
        return None
    for ecu, bitmap in told.items():
        if not 0 <= ecu <= _HIGHEST_ID or len(bitmap) not in (0, BITMAP_BYTES):
            return None
        if bitmap:
            bitmaps[ecu] = bitmap
    return CarLink(
        protocol, bool(flags[0]), tuple(sorted(told)), bool(flags[1]), first_bitmaps=bitmaps
    )


def same_bus(one: CarLink, other: CarLink) -> bool:
    """Tell whether two links use the same protocol, as far as both say so.

    Not every CAN interface tells at which bit rate it runs.
    """
    short, long = sorted((one.protocol, other.protocol), key=len)
    return one.extended == other.extended and (long == short or long.startswith(f"{short},"))


def link_changes(before: CarLink, now: CarLink) -> tuple[str, ...]:
    """Say in whole sentences what of a link is not what it was."""
    told = []
    if before.uds != now.uds:
        kinds = {True: "OBD on UDS", False: "OBD by SAE J1979"}
        told.append(f"The car speaks {kinds[now.uds]} now; last time it was {kinds[before.uds]}.")
    if not same_bus(before, now):
        told.append(
            f"The car is reached over {now.protocol} now; last time it was {before.protocol}."
        )
        return tuple(told)  # other identifiers, perhaps: who is missing cannot be told
    if gone := [f"{ecu:X}" for ecu in before.ecus if ecu not in now.ecus]:
        told.append(f"{_ecus(gone)} answered last time and {_do(gone)} not answer now.")
    if new := [f"{ecu:X}" for ecu in now.ecus if ecu not in before.ecus]:
        told.append(f"{_ecus(new)} {_answer(new)} now and did not last time.")
    return tuple(told)


def _ecus(names: list[str]) -> str:
    return f"{'ECU' if len(names) == 1 else 'ECUs'} {', '.join(names)}"


def _do(names: list[str]) -> str:
    return "does" if len(names) == 1 else "do"


def _answer(names: list[str]) -> str:
    return "answers" if len(names) == 1 else "answer"
