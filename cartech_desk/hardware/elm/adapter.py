"""ELM327 and STN adapters behind the contract of `hardware.adapter`."""

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from cartech_desk.hardware.adapter import (
    Adapter,
    AdapterIdentity,
    Answer,
    CarLink,
    Refusal,
    Reply,
    Request,
)
from cartech_desk.hardware.adapters import AdapterUrl
from cartech_desk.hardware.answers import NEGATIVE
from cartech_desk.hardware.elm.asking import Asking, Outcome
from cartech_desk.hardware.elm.conversation import Conversation, squeezed
from cartech_desk.hardware.elm.identify import BAUD_RATES, Features, find_baud, identify
from cartech_desk.hardware.elm.known import NOTHING, findings_of, read_findings
from cartech_desk.hardware.elm.protocols import PROTOCOLS
from cartech_desk.hardware.elm.search import Found, meet_again, search
from cartech_desk.hardware.elm.voltage import read_voltage
from cartech_desk.hardware.errors import BadAdapterUrl, CarSilent, RequestFailed
from cartech_desk.hardware.findings import link_changes
from cartech_desk.hardware.links.link import Link
from cartech_desk.hardware.links.serial_port import SerialLink
from cartech_desk.hardware.links.tcp import TcpLink

DEFAULT_TCP_PORT: Final = 35000


class ElmAdapter(Adapter):
    """An ELM327, a clone of it, or an STN chip at the end of any byte link.

    `baud` is the only rate to try, None to probe (the rate that worked last at this wire first);
    `protocol` the number of the only protocol to try (ATSP), None to search. After `open`, `baud`
    holds the rate that was found.
    """

    kind: ClassVar[str] = "elm327"

    _last_baud: ClassVar[dict[str, int]] = {}
    _last_protocol: ClassVar[dict[str, str]] = {}
    _last_uds: ClassVar[dict[str, bool]] = {}
    """Whether the car that was found last at a wire speaks OBD on UDS alone."""

    def __init__(
        self, url: str, link: Link, *, baud: int | None = None, protocol: str | None = None
    ) -> None:
        super().__init__(url, link.wire)
        self.baud = baud
        self._link = link
        self._only_baud = baud
        self._only_protocol = protocol
        self._talk = Conversation(link, self._check_interrupted, self._sent, self.signs)
        self._features = Features()
        self._asking: Asking | None = None
        self._found_as: AdapterIdentity | None = None
        """What the adapter was before more of it was learned."""
        self._known = NOTHING
        if isinstance(link, TcpLink):
            link.check = self._check_interrupted

    def _open(self) -> AdapterIdentity:
        self._link.open()
        self._asking = None
        self._find_baud()
        known = self._known.adapter
        identity, self._features = identify(self._talk, self._find_baud, known)
        self._found_as = identity
        self.outdated_adapter = self._known.changes_of_adapter(identity, self.baud)
        return identity

    def _find_baud(self) -> None:
        rates: list[int | None] = [None]
        if isinstance(self._link, SerialLink):
            rates = [self._only_baud] if self._only_baud else list(BAUD_RATES)
            last = self._known.baud or self._last_baud.get(self.wire)
            if last in rates:
                rates.sort(key=lambda rate: rate != last)
        self.baud = find_baud(self._talk, self._link.set_baud, rates)
        if self.baud is not None:
            self._last_baud[self.wire] = self.baud

    def _connect_car(self) -> CarLink:
        known, self._known = self._known.car, NOTHING
        link = self._meet_again(known) if known is not None else None
        link = link or self._find_car(self._only_protocol)
        self._outdated_car = link_changes(known, link) if known is not None else ()
        return link

    def _meet_again(self, known: CarLink) -> CarLink | None:
        """Look for the car where it was last time; None where it is not to be found there."""
        only = PROTOCOLS.get(self._only_protocol or "")
        if only is not None and only.words != known.protocol:
            return None
        self._asking = None
        try:
            found = meet_again(self._talk, self._features, known)
        except RequestFailed:
            return None  # the search will say what is the matter
        return None if found is None else self._reached(found)

    def _call_car(self) -> CarLink:
        # A search through all protocols takes ten seconds, and wakes what else is on the wires.
        last = self._last_protocol.get(self.wire)
        uds = None if last is None else self._last_uds.get(self.wire, False)
        return self._find_car(self._only_protocol or last, uds=uds)

    def _find_car(self, wanted: str | None, *, uds: bool | None = None) -> CarLink:
        self._asking = None
        last = self._last_protocol.get(self.wire)
        return self._reached(search(self._talk, self._features, wanted, last, uds=uds))

    def _reached(self, found: Found) -> CarLink:
        protocol = found.protocol
        if protocol.number:
            self._last_protocol[self.wire] = protocol.number
        self._last_uds[self.wire] = found.uds
        self._asking = Asking(self._talk, self._features, protocol, headers=found.headers)
        self._note_quirks()
        return CarLink(
            protocol.words,
            protocol.extended,
            found.ecus,
            found.uds,
            first_bitmaps=found.bitmaps,
            shows_who=found.headers,
        )

    def _request(self, request: Request) -> Reply:
        if self._asking is None:
            raise CarSilent("No car is connected yet.", to_do="Connect to the car first.")
        try:
            outcome = self._asking.ask(request)
        finally:
            self._note_quirks()
        return _reply(request, outcome)

    def _voltage(self) -> float | None:
        heard = self._talk.ask("ATRV", 1.0)
        return read_voltage([squeezed(text) for text in heard.texts])

    def _findings(self) -> dict[str, Any]:
        if self._found_as is None or self.car is None:
            return {}
        return findings_of(self._found_as, self.baud, self.car)

    def _use_findings(self, findings: Mapping[str, Any]) -> None:
        self._known = read_findings(findings)

    def _close(self) -> None:
        self._asking = None
        self._link.close()

    def _note_quirks(self) -> None:
        if self.identity is not None and len(self.identity.quirks) == len(self._features.quirks):
            return
        quirks = tuple(dict.fromkeys(self._features.quirks))
        if self.identity is not None and self.identity.quirks != quirks:
            self.identity = dataclasses.replace(self.identity, quirks=quirks)


def elm_adapter(url: AdapterUrl) -> ElmAdapter:
    """Make the adapter of an `elm327:` URL, not yet opened.

    Options: `baud`, `protocol` (1 to 9). Errors: BadAdapterUrl.
    """
    unknown = set(url.options) - {"baud", "protocol"}
    if unknown:
        raise BadAdapterUrl(
            f"The adapter address has an unknown option “{min(unknown)}”.",
            to_do="Known options are baud and protocol.",
        )
    baud = _baud(url)
    protocol = url.options.get("protocol")
    if protocol is not None and (len(protocol) != 1 or protocol not in "123456789"):
        raise BadAdapterUrl(
            f"“{protocol}” is no protocol number.",
            to_do="Give 1 to 9, or leave it out so that the adapter searches.",
        )
    if url.target.startswith("tcp:"):
        host, port = _host_and_port(url)
        return ElmAdapter(url.text, TcpLink(host, port), protocol=protocol)
    return ElmAdapter(url.text, SerialLink(url.target), baud=baud, protocol=protocol)


def _baud(url: AdapterUrl) -> int | None:
    text = url.options.get("baud")
    if text is None:
        return None
    if not text.isdecimal() or not 300 <= int(text) <= 4_000_000:
        raise BadAdapterUrl(
            f"“{text}” is no baud rate.", to_do="Give a whole number such as 38400 or 115200."
        )
    return int(text)


def _host_and_port(url: AdapterUrl) -> tuple[str, int]:
    rest = url.target.removeprefix("tcp:").removeprefix("//").rstrip("/")
    host, colon, port = rest.rpartition(":")
    if not colon:
        host, port = rest, str(DEFAULT_TCP_PORT)
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise BadAdapterUrl(
            f"“{url.target}” is no network address.", to_do="Write tcp://HOST:PORT."
        )
    return host, int(port)


def _reply(request: Request, outcome: Outcome) -> Reply:
    answers, refusals = [], []
    for message in outcome.messages:
        if message.payload[0] == NEGATIVE:
            refusals.append(
                Refusal(message.ecu, message.payload[1], message.payload[2], message.t_ns)
            )
        else:
            answers.append(Answer(message.ecu, message.payload, message.t_ns))
    return Reply(
        request,
        tuple(answers),
        tuple(refusals),
        outcome.unreadable,
        outcome.t_sent_ns,
        outcome.t_done_ns,
    )
