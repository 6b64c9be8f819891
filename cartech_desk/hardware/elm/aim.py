"""Whom the adapter talks to: header, receive filter, flow control, extended address.

Settings are sent only where they differ from what the adapter was told last (ELM327 data sheet,
"CAN Message Types", AT SH, CP, CRA, CEA, TA, FC SH, FC SD, FC SM, SP).
"""

import re
from dataclasses import dataclass, field

from cartech_desk.domain.obd.address import Address
from cartech_desk.hardware.elm.conversation import Conversation
from cartech_desk.hardware.elm.identify import Features, taken
from cartech_desk.hardware.elm.identify import setting as setting_taken
from cartech_desk.hardware.elm.protocols import PROTOCOLS, BusProtocol
from cartech_desk.hardware.errors import AdapterBusy, AdapterLacks

_TESTER = "F1"
_NAME = re.compile(
    r"(?<=AT(?:SH|CP|TA))[0-9A-F]+$|(?<=ATC(?:RA|EA))[0-9A-F]+$|(?<=ATFCS[HDM])[0-9A-F]+$"
)
"""The figures behind the name of a setting."""


@dataclass(slots=True)
class Aim:
    """The adapter's present aim; `protocol` is the one it is on."""

    talk: Conversation
    features: Features
    protocol: BusProtocol
    _told: dict[str, str] = field(default_factory=dict)
    _refused: set[str] = field(default_factory=set)
    _at: Address | None = None
    """Where all of this was done for; None while it is under way."""

    def __post_init__(self) -> None:
        # After the search the adapter aims at every ECU, and filters nothing.
        functional = self.protocol.functional
        self._told = {"CRA": "", "CEA": "", "TA": _TESTER, "FC": "", **_header(functional)}

    def at(self, address: Address) -> None:
        """Aim at an address. Errors: AdapterLacks where this adapter cannot, LinkLost."""
        if address is self._at or not self.protocol.can:
            return  # the older buses have one way to ask, and it is set
        self._at = None
        if address.extended != self.protocol.extended:
            self._switch_width(address)
        for name, setting in _header(address).items():
            self._tell(name, setting, f"AT{name}{setting}", needed=True)
        self._extension(address)
        self._filter(address)
        self._flow_control(address)
        self._at = address

    def _tell(self, name: str, setting: str, command: str, *, needed: bool) -> bool:
        if self._told.get(name) == setting:
            return True
        if command in self._refused:
            if needed:
                raise _lacks(command)
            return False
        if self._takes(command, sure=needed):
            self._told[name] = setting
            return True
        if needed:
            raise _lacks(command)
        return False

    def _takes(self, command: str, *, sure: bool) -> bool:
        """Send a setting; a refusal that would cost an address is asked for twice."""
        answer = setting_taken(self.talk, command)
        if answer is False and sure:
            answer = setting_taken(self.talk, command)
        if answer is None:
            raise AdapterBusy(
                f"The adapter neither took nor refused a setting ({command}).",
                to_do="Try again; if it stays, disconnect and connect again.",
            )
        if not answer:
            self._refused.add(command)
            quirk = f"no {_NAME.sub('', command)}"
            if quirk not in self.features.quirks:
                self.features.quirks.append(quirk)
        return answer

    def _switch_width(self, address: Address) -> None:
        other = PROTOCOLS.get(self.protocol.other_width)
        width = "29" if address.extended else "11"
        if other is None or not taken(self.talk, f"ATSP{other.number}"):
            raise AdapterLacks(
                f"The adapter cannot change to {width}-bit identifiers for {address}.",
                to_do="Leave channels of this address out, or use another adapter.",
            )
        self.protocol = other
        self._told.clear()

    def _extension(self, address: Address) -> None:
        if address.extension is None:
            if self._told.get("CEA") is not None or "ATCEA" not in self._refused:
                self._tell("CEA", "", "ATCEA", needed=bool(self._told.get("CEA")))
            return
        own = f"{address.extension:02X}"
        self._tell("CEA", own, f"ATCEA{own}", needed=True)
        # 6F1 is a tester's own identifier: there the ECUs answer to F1. Others repeat their byte.
        tester = _TESTER if address.request_id & 0xFF == 0xF1 else own
        self._tell("TA", tester, f"ATTA{tester}", needed=False)

    def _filter(self, address: Address) -> None:
        if not self.features.receive_filter:
            return  # the reader leaves frames of others out by itself
        expected = address.expected_response
        if expected is None:
            self._tell("CRA", "", self.features.reset_filter, needed=bool(self._told.get("CRA")))
        else:
            setting = f"{expected:08X}" if address.extended else f"{expected:03X}"
            self._tell("CRA", setting, f"ATCRA{setting}", needed=False)

    def _flow_control(self, address: Address) -> None:
        """Let the adapter find its flow control by itself for standard pairs, else tell it."""
        if _standard(address):
            self._tell("FC", "", "ATFCSM0", needed=bool(self._told.get("FC")))
            return
        header = _identifier(address)
        lead = "" if address.extension is None else f"{address.extension:02X}"
        setting = f"{header}/{lead}300000"
        if self._told.get("FC") == setting:
            return
        if all(
            command not in self._refused and self._takes(command, sure=False)
            for command in (f"ATFCSH{header}", f"ATFCSD{lead}300000", "ATFCSM1")
        ):
            self._told["FC"] = setting


def _identifier(address: Address) -> str:
    return f"{address.request_id:08X}" if address.extended else f"{address.request_id:03X}"


def _header(address: Address) -> dict[str, str]:
    if not address.extended:
        return {"SH": f"{address.request_id:03X}"}
    return {"CP": f"{address.request_id >> 24:02X}", "SH": f"{address.request_id & 0xFFFFFF:06X}"}


def _standard(address: Address) -> bool:
    """Whether the adapter knows by itself where the flow control goes (ISO 15765-4)."""
    if address.extension is not None:
        return False
    if address.functional:
        return True
    if address.extended:
        return (
            address.request_id & 0xFFFF00FF == 0x18DA00F1
            and address.expected_response == _mirrored(address.request_id)
        )
    return (
        0x7E0 <= address.request_id <= 0x7E7 and address.expected_response == address.request_id + 8
    )


def _mirrored(request_id: int) -> int:
    return 0x18DAF100 | (request_id >> 8) & 0xFF


def _lacks(command: str) -> AdapterLacks:
    return AdapterLacks(
        f"The adapter refused the address of this request ({command}).",
        to_do="Leave channels of this address out, or use another adapter.",
    )
