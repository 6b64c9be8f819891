"""A CAN adapter: any python-can interface and channel, with ISO-TP above it.

`can:slcan:/dev/ttyACM0?bitrate=500000`, `can:pcan:PCAN_USBBUS1`, `can:socketcan:can0`. Options:
`bitrate` (left out, the desk listens for it and tries those of ISO 15765-4), `extended` (1 for
29-bit identifiers only, 0 for 11-bit only), and those of the interface's own.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, NamedTuple

from cartech_desk.domain.obd.address import FUNCTIONAL, FUNCTIONAL_29BIT, Address
from cartech_desk.hardware.adapter import Adapter, AdapterIdentity, CarLink, Reply, Request
from cartech_desk.hardware.adapters import AdapterUrl
from cartech_desk.hardware.answers import (
    NEGATIVE,
    SUPPORTED_PIDS,
    UDS_DIALECT,
    UDS_SUPPORTED_PIDS,
    first_bitmap,
    refuses_service,
    tells_dialect,
    whole_bitmap,
)
from cartech_desk.hardware.can.exchange import Exchange
from cartech_desk.hardware.can.faults import NOT_ACKNOWLEDGED
from cartech_desk.hardware.can.interfaces import OBD_BITRATES, read_channel
from cartech_desk.hardware.can.known import NOTHING, findings_of, read_findings
from cartech_desk.hardware.can.patience import Patience
from cartech_desk.hardware.can.wire import OBD_FILTERS, CanWire
from cartech_desk.hardware.errors import (
    BusFault,
    CarSilent,
    NoAnswer,
    ProtocolNotSpoken,
    RequestFailed,
    Unreadable,
)
from cartech_desk.hardware.findings import link_changes

LISTEN_S: Final = 0.3
"""How long to listen at each bit rate; the slowest frames of a car's body come every 100 ms."""
LISTEN_GIVEN_S: Final = 0.1
"""How long to listen where the bit rate is settled: error frames come at once."""
TRIES: Final = 2
FIRST_ANSWER_S: Final = 0.3
MET_AGAIN_S: Final = 0.15
"""How long a known car's ECUs may take for their first answer, three times what ISO 15765-4 grants;
where one of them does not come, the car is looked for with all patience."""
WRONG_RATE_ERRORS: Final = 3
"""So many error frames and no good frame: the bus runs at another bit rate."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What listening to a bus told."""

    bitrate: int | None
    frames: int
    errors: int

    @property
    def wrong_rate(self) -> bool:
        """Whether the bus must run at another bit rate."""
        return not self.frames and self.errors >= WRONG_RATE_ERRORS


class _Question(NamedTuple):
    """What every ECU of one kind of OBD answers, and which answers count."""

    payload: bytes
    counts: Callable[[bytes], bool]
    tries: int = TRIES
    once_silent: bool = False
    """Silence is taken at its word: who acknowledged 01 00 hears this too."""


_J1979: Final = _Question(SUPPORTED_PIDS, whole_bitmap)
_UDS: Final = _Question(UDS_DIALECT, tells_dialect, once_silent=True)
_UDS_BITMAPS: Final = _Question(UDS_SUPPORTED_PIDS, lambda told: first_bitmap(told) is not None)


def can_adapter(url: AdapterUrl) -> Adapter:
    """Make the adapter that a `can:` URL names, not yet opened.

    Errors: BadAdapterUrl for an unknown interface or option, PortNotFound for a missing driver.
    """
    return CanAdapter(url)


class CanAdapter(Adapter):
    """Asks ECUs over a python-can bus. The thread that calls it does all the work."""

    kind: ClassVar[str] = "can"

    def __init__(self, url: AdapterUrl) -> None:
        self._channel = read_channel(url)
        super().__init__(url.text, self._channel.wire)
        self._wire = CanWire(self._channel, self.signs)
        self._patience = Patience()
        self._before: Request | None = None
        self._bitrate: int | None = None
        self._listening = False
        self._known = NOTHING

    def _open(self) -> AdapterIdentity:
        self._wire.identify(self._check_interrupted)
        self._open_wire(self._bitrates()[0], listen=True)
        found = self._wire.found
        identity = AdapterIdentity(
            chip=self._channel.interface,
            firmware=found.firmware if found else "",
            quirks=("starts anew when its port is opened",) if found and found.slow else (),
        )
        self.outdated_adapter = self._known.changes_of_adapter(identity)
        return identity

    def _connect_car(self) -> CarLink:
        known, self._known = self._known.car, NOTHING
        link = self._meet_again(known) if known is not None else None
        link = link or self._find_car()
        self._outdated_car = link_changes(known, link) if known is not None else ()
        return link

    def _meet_again(self, known: CarLink) -> CarLink | None:
        """Look for the car where it was last time; None unless all ECUs that were there answer.

        Nothing is sent where what is heard speaks for another bit rate. Nothing is believed:
        whoever answers is asked as in a search.
        """
        bitrate = self._bitrate
        for address in self._functional():
            if known.protocol != _protocol(bitrate, address):
                continue
            self._wire.set_filters([])
            heard = self._listen(bitrate, LISTEN_GIVEN_S)
            if heard.wrong_rate:
                return None
            self._talk_at(bitrate)
            question = _UDS if known.uds else _J1979
            try:
                told = self._answering(address, question._replace(tries=1), MET_AGAIN_S)
                if set(known.ecus) <= told.keys():
                    link = self._link(bitrate, address, told)
                    self._wire.set_filters(list(OBD_FILTERS))
                    return link
            except RequestFailed:
                return None  # the search will say what is the matter
        return None

    def _find_car(self) -> CarLink:
        heard = self._listen_around()
        usable = [one for one in heard if not one.wrong_rate]
        # traffic names the bit rate: nothing is sent at another one
        usable = [one for one in usable if one.frames] or usable
        if not usable:
            raise self._other_bitrate()
        fault: RequestFailed | None = None
        for one in usable:
            self._talk_at(one.bitrate)
            link, met = self._find_at(one.bitrate)
            if link is not None:
                self._wire.set_filters(list(OBD_FILTERS))
                return link
            fault = met or fault
        raise self._silence(usable, fault)

    def _find_at(self, bitrate: int | None) -> tuple[CarLink | None, RequestFailed | None]:
        """Look for a car at one bit rate; what was met on the way where there is none.

        Only where all are silent to 01 00, or refuse its service, a car of OBD on UDS is looked
        for: where nobody acknowledges there is no car, and whoever answers illegibly is one.
        """
        fault: RequestFailed | None = None
        for question in (_J1979, _UDS):
            for address in self._functional():
                try:
                    told = self._answering(address, question)
                except (BusFault, Unreadable) as error:
                    fault = error
                    continue
                if told and question is _J1979 and all(map(refuses_service, told.values())):
                    told = self._uds_instead(address) or told
                if told:
                    return self._link(bitrate, address, told), None
            if fault is not None:
                break
        return None, fault

    def _uds_instead(self, address: Address) -> dict[int, bytes]:
        try:
            return self._answering(address, _UDS)
        except (BusFault, Unreadable):
            return {}

    def _link(self, bitrate: int | None, address: Address, told: dict[int, bytes]) -> CarLink:
        """Return how the car is reached whose ECUs told this; asks for the bitmaps of UDS."""
        uds = all(map(tells_dialect, told.values()))
        ecus = tuple(sorted(told))
        if uds:
            try:
                told = self._answering(address, _UDS_BITMAPS, expected=len(ecus))
            except (BusFault, Unreadable):
                told = {}  # who they are is known; this is only what else they told
        bitmaps = {
            ecu: bitmap
            for ecu, payload in told.items()
            if ecu in ecus and (bitmap := first_bitmap(payload)) is not None
        }
        words = _protocol(bitrate, address)
        return CarLink(words, address.extended, ecus, uds, first_bitmaps=bitmaps)

    def _request(self, request: Request) -> Reply:
        if self._listening:
            self._talk_at(self._bitrate)
        wait_s = request.timeout_s
        if wait_s is None:
            wait_s = self._patience.wait_s(request.address)
        self._wire.admit(request.address)
        before, self._before = self._before, request
        exchange = Exchange(
            self._wire,
            request,
            wait_s=wait_s,
            before=before,
            check=self._check_interrupted,
            sent=self._sent,
        )
        try:
            reply = exchange.run()
        except NoAnswer:
            self._patience.silent(request.address)
            raise
        if exchange.slowest_s is not None:
            self._patience.answered(request.address, exchange.slowest_s)
        return reply

    def _voltage(self) -> float | None:
        # No CAN adapter measures it, but whoever asks wants to know that the adapter is there.
        self._wire.drain()
        return None

    def _findings(self) -> dict[str, Any]:
        if self.identity is None or self.car is None:
            return {}
        return findings_of(self.identity, self._bitrate, self.car)

    def _use_findings(self, findings: Mapping[str, Any]) -> None:
        self._known = read_findings(findings)

    def _close(self) -> None:
        self._wire.close()

    # finding the car

    def _bitrates(self) -> tuple[int | None, ...]:
        if self._channel.bitrate is not None or not self._channel.bitrate_settable:
            return (self._channel.bitrate,)
        known = self._known.bitrate
        return tuple(sorted(OBD_BITRATES, key=lambda rate: rate != known))

    def _functional(self) -> tuple[Address, ...]:
        if self._channel.extended is None:
            return (FUNCTIONAL, FUNCTIONAL_29BIT)
        return (FUNCTIONAL_29BIT,) if self._channel.extended else (FUNCTIONAL,)

    def _open_wire(self, bitrate: int | None, *, listen: bool) -> None:
        self._bitrate = bitrate
        self._listening = listen and self._wire.can_listen_only
        self._wire.open(bitrate, listen_only=self._listening)

    def _talk_at(self, bitrate: int | None) -> None:
        """Open the channel for sending, where it is not open like that already."""
        if self._listening or self._bitrate != bitrate or not self._wire.is_open:
            self._open_wire(bitrate, listen=False)

    def _listen_around(self) -> list[Heard]:
        """Listen at each bit rate in question, ending with the first that brings frames."""
        heard = []
        self._wire.set_filters([])
        rates = self._bitrates()
        for bitrate in rates:
            harmless = self._listening or len(rates) == 1
            ready = self._wire.is_open and self._bitrate == bitrate and not self._wire.bus_off
            if not (ready and harmless):
                self._open_wire(bitrate, listen=True)
            one = self._listen(bitrate)
            heard.append(one)
            if one.frames:
                break
        return heard

    def _listen(self, bitrate: int | None, listen_s: float | None = None) -> Heard:
        errors_before, frames = self._wire.error_frames, 0
        if listen_s is None:
            listen_s = LISTEN_GIVEN_S if len(self._bitrates()) == 1 else LISTEN_S
        until = time.monotonic() + listen_s
        while not frames and (left_s := until - time.monotonic()) > 0:
            self._check_interrupted()
            frames += self._wire.receive(min(0.1, left_s)) is not None
        return Heard(bitrate, frames, self._wire.error_frames - errors_before)

    def _answering(
        self,
        address: Address,
        question: "_Question",
        wait_s: float = 0.0,
        expected: int | None = None,
    ) -> dict[int, bytes]:
        """Ask all ECUs a question; what those told that answered so that it counts.

        Errors: BusFault, Unreadable.
        """
        request = Request(address, question.payload, expected, wait_s or FIRST_ANSWER_S)
        whole: dict[int, bytes] = {}
        for attempt in range(1, question.tries + 1):
            last = attempt == question.tries
            try:
                reply = self._request(request)
            except NoAnswer:
                if question.once_silent:
                    break
                continue
            except (BusFault, Unreadable):
                if last and not whole:
                    raise
                continue
            told = {answer.ecu: answer.payload for answer in reply.answers}
            for refusal in reply.refusals:
                told.setdefault(refusal.ecu, bytes((NEGATIVE, refusal.service, refusal.nrc)))
            whole |= {ecu: payload for ecu, payload in told.items() if question.counts(payload)}
            cut_short = any(answer.ecu not in whole for answer in reply.answers)
            if whole and (last or not (reply.unreadable or cut_short)):
                return whole  # else an ECU whose answer was spoilt would be missed
            if last and reply.answers:
                cut = ", ".join(f"{a.ecu:03X} {a.payload.hex().upper()}" for a in reply.answers)
                raise Unreadable(
                    f"The car's answer to {question.payload.hex().upper()} is cut short ({cut}).",
                    to_do="Try again; if it stays, check the cable.",
                )
        return whole

    def _silence(
        self, heard: list[Heard], fault: RequestFailed | None
    ) -> CarSilent | ProtocolNotSpoken | Unreadable:
        """Say why no ECU answered, from what was met on the way."""
        if isinstance(fault, Unreadable):
            return fault
        if any(one.frames for one in heard):
            return CarSilent(
                "There is traffic on the bus, and no ECU answers OBD requests.",
                to_do="Use the diagnostic connector; a bus inside the car is often not asked "
                "this way.",
            )
        if any(one.errors for one in heard):
            return self._other_bitrate()
        happened = "The CAN adapter answers, the car does not: its bus is quiet."
        if fault is not None:
            happened = f"The CAN adapter answers, the car does not. {fault.happened}"
        elif self._wire.troubled():
            happened = f"The CAN adapter answers, the car does not. {NOT_ACKNOWLEDGED}"
        return CarSilent(
            happened, to_do="Turn the ignition on, seat the plug, and check the bit rate."
        )

    def _other_bitrate(self) -> ProtocolNotSpoken:
        tried = " and ".join(f"{rate // 1000}" for rate in self._bitrates() if rate)
        return ProtocolNotSpoken(
            f"The bus does not run at {tried} kbit/s." if tried else "The bit rate is wrong.",
            to_do="Give the bit rate in the adapter address, as in ?bitrate=125000.",
        )


def _protocol(bitrate: int | None, address: Address) -> str:
    bits = "29" if address.extended else "11"
    rate = "" if bitrate is None else f", {bitrate // 1000} kbit/s"
    return f"ISO 15765-4 CAN, {bits} bit{rate}"
