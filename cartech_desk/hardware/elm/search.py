"""From an adapter to a car: the protocol and the ECUs that answer 01 00."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cartech_desk.domain.obd.address import Address
from cartech_desk.hardware.answers import SUPPORTED_PIDS, whole_bitmap
from cartech_desk.hardware.elm import failures
from cartech_desk.hardware.elm.aim import Aim
from cartech_desk.hardware.elm.conversation import Conversation, Heard, squeezed
from cartech_desk.hardware.elm.identify import Features, taken
from cartech_desk.hardware.elm.protocols import (
    PROTOCOLS,
    SEARCH_ORDER,
    BusProtocol,
    named,
    recognised,
)
from cartech_desk.hardware.elm.statuses import Status, whole_line
from cartech_desk.hardware.elm.text import Parsed, parse_lines
from cartech_desk.hardware.errors import AdapterLacks, CarSilent, HardwareError, ProtocolNotSpoken

SEARCH_S: Final = 12.0
"""A search through all protocols takes an ELM327 up to about ten seconds."""

_FIRST_WORD_S: Final = 3.0
"""An adapter that searches says so at once."""

_SETTING_S: Final = 0.8
_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A car: its protocol, who answered, whether headers are shown."""

    protocol: BusProtocol
    ecus: tuple[int, ...]
    headers: bool


def search(talk: Conversation, features: Features, wanted: str | None, before: str | None) -> Found:
    """Find the car.

    `wanted` is the number of a protocol that was asked for, None for all of them; `before` the one
    that this adapter found last time, which is tried first. Errors: CarSilent, ProtocolNotSpoken,
    Unreadable, LinkLost.
    """
    last: HardwareError | None = None
    for protocol in _choices(talk, wanted, before):
        if protocol is not None and not taken(talk, f"ATTP{protocol}"):
            last = last or ProtocolNotSpoken(
                f"The adapter does not speak protocol {protocol}.",
                to_do="Use another adapter, or leave the protocol to the adapter.",
            )
            continue
        try:
            return _try(talk, features)
        except CarSilent as error:
            last = error
    raise last or CarSilent("The adapter answers, the car does not.", to_do="Is the ignition on?")


def _choices(talk: Conversation, wanted: str | None, before: str | None) -> Sequence[str | None]:
    """Set the adapter to search by itself (None), or list what to set one after the other."""
    if wanted is not None:
        return (wanted,)
    variants: tuple[str, ...] = ("ATSP0", "ATSPA0", "ATSP00")
    if before is not None:
        variants = (f"ATSPA{before}", *variants)
    if any(taken(talk, variant) for variant in variants):
        return (None,)
    return SEARCH_ORDER


def _try(talk: Conversation, features: Features) -> Found:
    parsed, heard = Parsed(), None
    for attempt in range(_TRIES):
        heard = talk.ask("0100", _FIRST_WORD_S if attempt == 0 else SEARCH_S, busy=_patience)
        raise_if_reset(heard)
        if heard.echoed and features.echo_off:
            features.echo_off = False
            features.quirks.append("echo stays on")
        protocol = _protocol(talk, heard)
        parsed = _parsed(protocol, protocol.functional, heard)
        if parsed.headers is False and protocol.can:
            parsed = _from_engine(talk, features, protocol) or parsed
        ecus = _ecus(parsed)
        if ecus:
            headers = parsed.headers is not False
            if not headers:
                features.quirks.append("headers stay off")
            return Found(protocol, ecus, headers)
        if parsed.messages or parsed.unreadable or parsed.strays:
            talk.doubt()
        elif heard.prompt and Status.NO_DATA not in parsed.statuses:
            break  # the search itself failed: asking again would search again
    raise failures.of_search(_with_short(parsed), prompt=heard is not None and heard.prompt)


def _from_engine(talk: Conversation, features: Features, protocol: BusProtocol) -> Parsed | None:
    """Ask the engine alone, where headers stay off and it cannot be told who answered."""
    try:
        Aim(talk, features, protocol).at(protocol.engine)
    except AdapterLacks:
        return None
    heard = talk.ask("0100", SEARCH_S, busy=_patience)
    raise_if_reset(heard)
    return _parsed(protocol, protocol.engine, heard)


def _parsed(protocol: BusProtocol, address: Address, heard: Heard) -> Parsed:
    return parse_lines(
        heard.lines, address=address, request=SUPPORTED_PIDS, framing=protocol.framing
    )


def _ecus(parsed: Parsed) -> tuple[int, ...]:
    """ECUs that answered with a whole bitmap, or at least refused the question."""
    return tuple(
        sorted({message.ecu for message in parsed.messages if whole_bitmap(message.payload)})
    )


def _with_short(parsed: Parsed) -> Parsed:
    """Count bitmaps that are too short as unreadable."""
    short = tuple(
        f"“{message.payload.hex(' ').upper()}”: the list of supported PIDs is cut short"
        for message in parsed.messages
        if not whole_bitmap(message.payload)
    )
    return Parsed((), short + parsed.unreadable, parsed.statuses, parsed.strays, parsed.foreign)


def _protocol(talk: Conversation, heard: Heard) -> BusProtocol:
    said = talk.ask("ATDPN", _SETTING_S)
    for text in said.texts:
        protocol = named(squeezed(text))
        if isinstance(protocol, str):
            raise ProtocolNotSpoken(
                f"The adapter found a protocol that is not OBD (number {protocol}).",
                to_do="Connect at the OBD socket of a car or light truck.",
            )
        if protocol is not None:
            return protocol
    text = "\r".join(line.text for line in heard.lines)
    return recognised(text, SUPPORTED_PIDS) or PROTOCOLS["6"]


def _patience(line: str) -> float:
    return SEARCH_S if whole_line(squeezed(line)) in (Status.SEARCHING, Status.BUS_INIT) else 0.0


def raise_if_reset(heard: Heard) -> None:
    """Raise LinkLost where the adapter greeted or reported a reset instead of answering."""
    for line in heard.lines:
        compact = squeezed(line.text)
        if compact.startswith(("ELM327V", "ELM329V", "STN11", "STN21", "STN22")):
            raise failures.restarted(line.text.strip())
        status = whole_line(compact)
        if status is not None:
            error = failures.reset((status,))
            if error is not None:
                raise error
