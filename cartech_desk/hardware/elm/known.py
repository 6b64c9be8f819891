"""What was found out about an ELM327 and the car behind it last time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cartech_desk.hardware.adapter import AdapterIdentity, CarLink
from cartech_desk.hardware.findings import (
    link_document,
    read_link,
    text_of,
    texts_of,
    whole_of,
)

KIND: Final = "elm327"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known; None where nothing is. `baud` is 0 where there is no rate (Wi-Fi)."""

    adapter: AdapterIdentity | None = None
    baud: int = 0
    car: CarLink | None = None

    def changes_of_adapter(self, now: AdapterIdentity, baud: int | None) -> tuple[str, ...]:
        """Say in whole sentences what of the adapter is not what was known."""
        told = []
        if self.adapter is not None and now != self.adapter:
            told.append(_other_adapter(self.adapter, now))
        if self.baud and baud and self.baud != baud:
            told.append(f"The adapter talks at {baud} Bd now; last time it was {self.baud} Bd.")
        return tuple(told)


NOTHING: Final = Known()


def findings_of(adapter: AdapterIdentity, baud: int | None, car: CarLink) -> dict[str, Any]:
    """Return what is to be known next time, as JSON values; `read_findings` reads it."""
    return {
        "kind": KIND,
        "chip": adapter.chip,
        "firmware": adapter.firmware,
        "quirks": list(adapter.quirks),
        "baud": baud or 0,
        "link": link_document(car),
    }


def read_findings(findings: Mapping[str, Any]) -> Known:
    """Read what `findings_of` returned; what makes no sense is not known."""
    if findings.get("kind") != KIND:
        return NOTHING
    chip, firmware = text_of(findings, "chip"), text_of(findings, "firmware")
    quirks = texts_of(findings, "quirks")
    adapter = None
    if chip and firmware and quirks is not None:
        adapter = AdapterIdentity(chip, firmware, quirks)
    return Known(adapter, whole_of(findings, "baud") or 0, read_link(findings.get("link")))


def _other_adapter(before: AdapterIdentity, now: AdapterIdentity) -> str:
    if (before.chip, before.firmware) != (now.chip, now.firmware):
        return (
            f"Another adapter is at this address: {now.chip} ({now.firmware}); last time it was "
            f"{before.chip} ({before.firmware})."
        )
    return (
        "The adapter takes other commands than last time: it is another one, or its firmware was "
        "changed."
    )
