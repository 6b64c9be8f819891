"""What was found out about a CAN adapter and the car behind it last time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cartech_desk.hardware.adapter import AdapterIdentity, CarLink
from cartech_desk.hardware.findings import link_document, read_link, text_of, whole_of

KIND: Final = "can"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known; `bitrate` is None where it is not, or is not the desk's to choose."""

    interface: str = ""
    firmware: str = ""
    bitrate: int | None = None
    car: CarLink | None = None

    def changes_of_adapter(self, now: AdapterIdentity) -> tuple[str, ...]:
        """Say in whole sentences what of the adapter is not what was known."""
        if not self.interface or (self.interface, self.firmware) == (now.chip, now.firmware):
            return ()
        return (
            f"Another adapter is at this address: {_named(now.chip, now.firmware)}; last time it "
            f"was {_named(self.interface, self.firmware)}.",
        )


NOTHING: Final = Known()


def findings_of(adapter: AdapterIdentity, bitrate: int | None, car: CarLink) -> dict[str, Any]:
    """Return what is to be known next time, as JSON values; `read_findings` reads it."""
    return {
        "kind": KIND,
        "interface": adapter.chip,
        "firmware": adapter.firmware,
        "bitrate": bitrate,
        "link": link_document(car),
    }


def read_findings(findings: Mapping[str, Any]) -> Known:
    """Read what `findings_of` returned; what makes no sense is not known."""
    if findings.get("kind") != KIND:
        return NOTHING
    return Known(
        text_of(findings, "interface"),
        text_of(findings, "firmware"),
        whole_of(findings, "bitrate"),
        read_link(findings.get("link")),
    )


def _named(interface: str, firmware: str) -> str:
    return f"{interface} ({firmware})" if firmware else interface
