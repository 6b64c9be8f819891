"""From an adapter to a car: the protocol and the ECUs that answer 01 00, or 22 F8 10."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from cartech_desk.domain.obd.address import Address
from cartech_desk.hardware.adapter import CarLink
from cartech_desk.hardware.answers import (
    SUPPORTED_PIDS,
    UDS_DIALECT,
    UDS_SUPPORTED_PIDS,
    first_bitmap,
    refuses_service,
    tells_dialect,
    whole_bitmap,
)
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
from cartech_desk.hardware.elm.statuses import HARMLESS, Status, whole_line
from cartech_desk.hardware.elm.text import Parsed, parse_lines
from cartech_desk.hardware.errors import AdapterLacks, CarSilent, HardwareError, ProtocolNotSpoken

SEARCH_S: Final = 12.0
"""A search through all protocols takes an ELM327 up to about ten seconds."""

_FIRST_WORD_S: Final = 3.0
"""An adapter that searches says so at once."""

_SETTING_S: Final = 0.8
_CAN_PROTOCOLS: Final = ("6", "7", "8", "9")
_MEETINGS: Final = 2
"""A known car whose ECUs do not all answer is asked so often before it is searched for."""


@dataclass(frozen=True, slots=True)
class Found:
    """A car: its protocol, who answered, whether headers are shown, what was told on the way.

    `uds` where the car speaks OBD on UDS alone; `bitmaps` holds the first bitmap of each ECU.
    """

    protocol: BusProtocol
    ecus: tuple[int, ...]
    headers: bool
    uds: bool = False
    bitmaps: Mapping[int, bytes] = field(default_factory=dict)


class _Question(NamedTuple):
    """What every ECU of one kind of OBD answers, and which answers count."""

    payload: bytes
    counts: Callable[[bytes], bool]
    tries: int

    @property
    def command(self) -> str:
        return self.payload.hex().upper()


_J1979: Final = _Question(SUPPORTED_PIDS, whole_bitmap, 3)
_UDS: Final = _Question(UDS_DIALECT, tells_dialect, 2)
_UDS_BITMAPS: Final = _Question(UDS_SUPPORTED_PIDS, lambda told: first_bitmap(told) is not None, 2)


def search(
    talk: Conversation,
    features: Features,
    wanted: str | None,
    before: str | None,
    *,
    uds: bool | None = None,
) -> Found:
    """Find the car.

    `wanted` is the number of a protocol that was asked for, None for all of them; `before` the one
    that this adapter found last time, which is tried first. `uds` tells whether to look for OBD on
    UDS alone (True) or not at all (False); None asks for it where nobody answered 01 00.
    Errors: CarSilent, ProtocolNotSpoken, Unreadable, LinkLost.
    """
    if uds:
        return _search_uds(talk, features, (wanted,) if wanted else _CAN_PROTOCOLS)
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
    if uds is None and isinstance(last, CarSilent):
        protocols = _CAN_PROTOCOLS if wanted is None else (wanted,)
        try:
            return _search_uds(talk, features, [p for p in protocols if p in _CAN_PROTOCOLS])
        except CarSilent:
            raise last from None
    raise last or CarSilent("The adapter answers, the car does not.", to_do="Is the ignition on?")


def meet_again(talk: Conversation, features: Features, known: CarLink) -> Found | None:
    """Ask over the protocol that found this car; None unless all ECUs that were there answer.

    Nothing is believed: whoever answers is asked as in a search. Errors: Unreadable, LinkLost.
    """
    number = next((n for n, one in PROTOCOLS.items() if one.words == known.protocol), None)
    if number is None or not taken(talk, f"ATTP{number}"):
        return None
    protocol = PROTOCOLS[number]
    for _ in range(_MEETINGS):
        found = _answer_again(talk, features, protocol, uds=known.uds)
        if found is None:
            return None
        if set(known.ecus) <= set(found.ecus):
            return found
    return None


def _answer_again(
    talk: Conversation, features: Features, protocol: BusProtocol, *, uds: bool
) -> Found | None:
    if uds:
        return _try_uds(talk, features, protocol)
    heard = _ask(talk, features, _J1979, _FIRST_WORD_S)
    parsed = _answered(talk, features, protocol, _J1979, heard)
    ecus = _ecus(parsed, _J1979)
    if not ecus:
        if parsed.messages or parsed.unreadable or parsed.strays:
            talk.doubt()
        return None
    return _met(talk, features, protocol, parsed, ecus)


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
    for attempt in range(1, _J1979.tries + 1):
        first_word_s = _FIRST_WORD_S if attempt == 1 else SEARCH_S
        heard = _ask(talk, features, _J1979, first_word_s)
        protocol = _protocol(talk, heard)
        parsed = _answered(talk, features, protocol, _J1979, heard)
        ecus = _ecus(parsed, _J1979)
        if ecus and _spoilt(parsed, ecus):
            talk.doubt()  # an ECU whose answer was lost is not to be missed
            parsed = _united(parsed, _asked_again(talk, features, protocol))
            ecus = _ecus(parsed, _J1979)
        if ecus:
            return _met(talk, features, protocol, parsed, ecus)
        if parsed.messages or parsed.unreadable or parsed.strays:
            talk.doubt()
        elif heard.prompt and Status.NO_DATA not in parsed.statuses:
            break  # the search itself failed: asking again would search again
    raise failures.of_search(_with_short(parsed), prompt=heard is not None and heard.prompt)


def _spoilt(parsed: Parsed, ecus: tuple[int, ...]) -> bool:
    """Whether an answer more than those that count may have come."""
    short = len(ecus) < len({message.ecu for message in parsed.messages})
    return short or bool(parsed.unreadable) or not HARMLESS.issuperset(parsed.statuses)


def _asked_again(talk: Conversation, features: Features, protocol: BusProtocol) -> Parsed:
    heard = _ask(talk, features, _J1979, SEARCH_S)
    parsed = _answered(talk, features, protocol, _J1979, heard)
    if parsed.unreadable:
        talk.doubt()
    return parsed


def _united(one: Parsed, other: Parsed) -> Parsed:
    """Return the answers of both times, of each ECU the first whole one."""
    told = {message.ecu for message in one.messages if whole_bitmap(message.payload)}
    whole = tuple(message for message in one.messages if message.ecu in told)
    return one._replace(messages=whole + tuple(m for m in other.messages if m.ecu not in told))


def _met(
    talk: Conversation,
    features: Features,
    protocol: BusProtocol,
    parsed: Parsed,
    ecus: tuple[int, ...],
) -> Found:
    """Return who answered 01 00; where all of them refuse its service, they may know UDS only."""
    if protocol.can and all(refuses_service(message.payload) for message in parsed.messages):
        found = _try_uds(talk, features, protocol)
        if found is not None:
            return found
    return Found(protocol, ecus, _headers(features, parsed), bitmaps=_bitmaps(parsed))


def _search_uds(talk: Conversation, features: Features, protocols: Sequence[str]) -> Found:
    """Look for a car that speaks OBD on UDS alone. Errors: CarSilent, Unreadable, LinkLost.

    An adapter searches with 01 00, whatever it is asked: such a car has to be looked for protocol
    by protocol (ISO 15765-4: all four of CAN).
    """
    for number in protocols:
        protocol = PROTOCOLS[number]
        if not protocol.can or not taken(talk, f"ATTP{number}"):
            continue
        found = _try_uds(talk, features, protocol)
        if found is not None:
            return found
    raise CarSilent("The adapter answers, the car does not.", to_do="Is the ignition on?")


def _try_uds(talk: Conversation, features: Features, protocol: BusProtocol) -> Found | None:
    """Ask who speaks OBD on UDS; None where nobody says so. Errors: Unreadable, LinkLost."""
    for attempt in range(1, _UDS.tries + 1):
        heard = _ask(talk, features, _UDS, _FIRST_WORD_S)
        parsed = _answered(talk, features, protocol, _UDS, heard)
        ecus = _ecus(parsed, _UDS)
        if ecus:
            headers = _headers(features, parsed)
            told = _bitmaps(_uds_bitmaps(talk, features, protocol))
            bitmaps = {ecu: bitmap for ecu, bitmap in told.items() if ecu in ecus}
            return Found(protocol, ecus, headers, uds=True, bitmaps=bitmaps)
        if not (parsed.unreadable or parsed.strays):
            break
        talk.doubt()
        if attempt == _UDS.tries and parsed.unreadable:
            raise failures.of_search(parsed, prompt=heard.prompt)
    return None


def _uds_bitmaps(talk: Conversation, features: Features, protocol: BusProtocol) -> Parsed:
    parsed = Parsed()
    for _ in range(_UDS_BITMAPS.tries):
        heard = _ask(talk, features, _UDS_BITMAPS, _FIRST_WORD_S)
        parsed = _answered(talk, features, protocol, _UDS_BITMAPS, heard)
        if parsed.messages and not parsed.unreadable:
            break
        talk.doubt()
    return parsed


def _ask(talk: Conversation, features: Features, question: _Question, timeout_s: float) -> Heard:
    heard = talk.ask(question.command, timeout_s, busy=_patience)
    raise_if_reset(heard)
    if heard.echoed and features.echo_off:
        features.echo_off = False
        features.quirks.append("echo stays on")
    return heard


def _answered(
    talk: Conversation,
    features: Features,
    protocol: BusProtocol,
    question: _Question,
    heard: Heard,
) -> Parsed:
    """Read what was heard; where headers stay off, of the engine alone."""
    parsed = _parsed(protocol, protocol.functional, question, heard)
    if parsed.headers is False and protocol.can:
        return _from_engine(talk, features, protocol, question) or parsed
    return parsed


def _headers(features: Features, parsed: Parsed) -> bool:
    if parsed.headers is False:
        features.quirks.append("headers stay off")
    return parsed.headers is not False


def _from_engine(
    talk: Conversation, features: Features, protocol: BusProtocol, question: _Question
) -> Parsed | None:
    """Ask the engine alone, where headers stay off and it cannot be told who answered."""
    try:
        Aim(talk, features, protocol).at(protocol.engine)
    except AdapterLacks:
        return None
    heard = talk.ask(question.command, SEARCH_S, busy=_patience)
    raise_if_reset(heard)
    return _parsed(protocol, protocol.engine, question, heard)


def _parsed(protocol: BusProtocol, address: Address, question: _Question, heard: Heard) -> Parsed:
    return parse_lines(
        heard.lines, address=address, request=question.payload, framing=protocol.framing
    )


def _ecus(parsed: Parsed, question: _Question) -> tuple[int, ...]:
    """ECUs that gave an answer that counts; to 01 00 a refusal does, too."""
    return tuple(
        sorted({message.ecu for message in parsed.messages if question.counts(message.payload)})
    )


def _bitmaps(parsed: Parsed) -> dict[int, bytes]:
    told = ((message.ecu, first_bitmap(message.payload)) for message in parsed.messages)
    return {ecu: bitmap for ecu, bitmap in told if bitmap is not None}


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
