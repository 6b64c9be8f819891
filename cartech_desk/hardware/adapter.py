"""The contract above every adapter: a request to an address, the answers of the ECUs, or a failure.

As in python-can, the public methods live here once and call private hooks that each driver fills.
An adapter belongs to one thread at a time: whoever opened it uses it and closes it.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, ClassVar, Self

from cartech_desk.domain.obd.address import Address
from cartech_desk.hardware.errors import HardwareError, LinkLost, PortBusy, RequestFailed


@dataclass(frozen=True, slots=True)
class Request:
    """One request to one address.

    `payload` is the service byte and what follows, without length or padding; `expected` how many
    ECUs will answer, where that was learned (the reader then need not wait for silence);
    `timeout_s` how long to wait for the first answer, None for the adapter's own judgement;
    `once` where the same request will hardly come again, so that how it is answered cannot be
    learned: an adapter that would wait on is stopped as soon as `expected` ECUs have told all.
    """

    address: Address
    payload: bytes
    expected: int | None = None
    timeout_s: float | None = None
    once: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A positive answer of one ECU: `payload` begins with the service byte plus 40 hex.

    `t_ns` is `monotonic_ns()` at the first byte of this answer.
    """

    ecu: int
    payload: bytes
    t_ns: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """A negative answer (7F service nrc) of one ECU; 0x78 never ends up here, it is waited out."""

    ecu: int
    service: int
    nrc: int
    t_ns: int


@dataclass(frozen=True, slots=True)
class Reply:
    """All that came back for one request; at least one of the three is not empty.

    `unreadable` holds what arrived from a legal responder and could not be read, one text a
    piece: a reply with answers and unreadable parts is usable for the ECUs that did answer.
    """

    request: Request
    answers: tuple[Answer, ...]
    refusals: tuple[Refusal, ...] = ()
    unreadable: tuple[str, ...] = ()
    t_sent_ns: int = 0
    t_done_ns: int = 0


@dataclass(frozen=True, slots=True)
class AdapterIdentity:
    """What the adapter turned out to be, as measured.

    `chip` is the family that its behaviour shows ("ELM327", "STN1110", "slcan"), `firmware` what
    it says of itself, `quirks` what was measured of this one piece ("no ATAL", "echo stays on").
    """

    chip: str
    firmware: str
    quirks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CarLink:
    """How the car is reached: protocol in words, ECUs that answered 01 00, 29-bit or not.

    `uds` where it speaks OBD on UDS only (SAE J1979-2): `ecus` answered 22 F8 10 then, and 01 00
    nobody. `first_bitmaps` are the four bytes that each ECU told to 01 00 (22 F4 00) on the way;
    they do not count when two links are compared. `shows_who` is False where the adapter does not
    show who answers: on CAN only the engine is asked then, before CAN all answers mix.
    """

    protocol: str
    extended: bool
    ecus: tuple[int, ...] = field(default=())
    uds: bool = False
    first_bitmaps: Mapping[int, bytes] = field(default_factory=dict, compare=False)
    shows_who: bool = field(default=True, compare=False)


@dataclass(slots=True)
class SignsOfLife:
    """What a driver notes while it waits, for others to tell a slow car from a dead link.

    Written by the thread that has the adapter, read by any. `heard_ns` is `monotonic_ns()` of
    the last byte or frame that came, 0 before the first; until `patient_until_ns` silence is no
    bad sign, because an ECU asked for time (7F xx 78) or the request itself grants it;
    `asked_for_time` counts how often ECUs did.
    """

    heard_ns: int = 0
    patient_until_ns: int = 0
    asked_for_time: int = 0

    def be_patient(self, until_ns: int) -> None:
        """Note that an ECU asked for time, and that silence is to be expected until then."""
        self.asked_for_time += 1
        self.patient_until_ns = max(self.patient_until_ns, until_ns)

    def silent_s(self, since_ns: int, now_ns: int) -> float:
        """Seconds of silence in a call that began at `since_ns`; 0 while it is to be expected."""
        if now_ns < self.patient_until_ns:
            return 0.0
        return (now_ns - max(since_ns, self.heard_ns, self.patient_until_ns)) / 1e9


class Adapter(ABC):
    """An adapter on a wire. See the module for who may call it.

    Errors: every method raises only `HardwareError`s. `LinkLost` means that the wire is gone: the
    adapter is to be closed and opened anew. `RequestFailed` leaves the link usable.
    """

    kind: ClassVar[str] = "adapter"

    _claims: ClassVar[dict[str, "Adapter"]] = {}
    _claims_lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, url: str, wire: str) -> None:
        """`url` as the user gave it; `wire` what must have one owner (port, host:port, channel)."""
        self.url = url
        self.wire = wire
        self.identity: AdapterIdentity | None = None
        self.car: CarLink | None = None
        self.signs = SignsOfLife()
        self.outdated_adapter: tuple[str, ...] = ()
        """What of the findings given did not hold of the adapter itself, in whole sentences."""
        self._outdated_car: tuple[str, ...] = ()
        self._interrupted = threading.Event()
        self._meanwhile: Callable[[], None] | None = None

    @classmethod
    def holds(cls, wire: str) -> bool:
        """Tell whether an open adapter of this program has a wire."""
        with Adapter._claims_lock:
            return wire in Adapter._claims

    @property
    def interrupted(self) -> bool:
        """Whether somebody wants this adapter closed; see `interrupt`."""
        return self._interrupted.is_set()

    def interrupt(self) -> None:
        """Ask the call under way to end; the one method that any thread may call.

        From now on every call raises LinkLost. A driver that waits for bytes, answers or a baud
        rate looks at `interrupted` at least four times a second and raises `self.given_up()`.
        """
        self._interrupted.set()

    def given_up(self) -> LinkLost:
        """Return what a call raises that `interrupt` ended."""
        return LinkLost(
            f"The connection to {self.wire} was given up while it was in use.",
            to_do="Connect again.",
        )

    def _check_interrupted(self) -> None:
        if self._interrupted.is_set():
            raise self.given_up()

    def open(self) -> AdapterIdentity:
        """Open the wire and find out what the adapter is.

        Errors: PortNotFound, PortBusy, PortDenied, AdapterSilent, NotAnAdapter.
        """
        self._check_interrupted()
        with Adapter._claims_lock:
            holder = Adapter._claims.get(self.wire)
            if holder is not None and holder is not self:
                raise PortBusy(
                    f"{self.wire} is already in use by this desk.",
                    to_do="Disconnect the other adapter first.",
                )
            Adapter._claims[self.wire] = self
        try:
            self.identity = self._open()
        except BaseException:
            self.close()
            raise
        return self.identity

    def connect_car(self) -> CarLink:
        """Find the protocol that the car speaks and the ECUs that answer 01 00.

        Errors: CarSilent, ProtocolNotSpoken, LinkLost, Unreadable (a car answers, not legibly).
        """
        self._check_interrupted()
        self.car = self._connect_car()
        return self.car

    def findings(self) -> dict[str, Any]:
        """Return what this adapter and car had to be tried for, as JSON values; for `use_findings`.

        Baud rate, what the chip is and refuses, protocol, ECUs: what the driver needs to begin at
        once next time. Empty before the car was found.
        """
        return self._findings()

    def use_findings(self, findings: Mapping[str, Any]) -> None:
        """Begin with what was found last time; call before `open`.

        Everything is proven by the first answers: what does not hold is found out anew, and
        `outdated` says so. Values that cannot be read are passed over.
        """
        self._use_findings(findings)

    @property
    def outdated(self) -> tuple[str, ...]:
        """What of the findings given did not hold any more, in whole sentences.

        Of the adapter and of the car behind it; where that is another car, it could not hold.
        """
        return (*self.outdated_adapter, *self._outdated_car)

    def call_car(self) -> CarLink:
        """Look again for a car that was silent, over the protocol that it last spoke.

        As gentle as the adapter can be to a car that is off. Errors: as `connect_car`.
        """
        self._check_interrupted()
        self.car = self._call_car()
        return self.car

    def request(self, request: Request, meanwhile: Callable[[], None] | None = None) -> Reply:
        """Send one request and gather the answers.

        `meanwhile` is run once in any case: as soon as something was sent, so that it costs no
        time while the car is at work; it does not touch the adapter.
        Errors: NoAnswer, BusFault, Unreadable, AdapterBusy, AdapterLacks (all RequestFailed),
        LinkLost.
        """
        self._meanwhile = meanwhile
        try:
            self._check_interrupted()
            return self._request(request)
        finally:
            self._sent()

    def _sent(self) -> None:
        """Drivers call this when the request is on its way, before they wait for the answer."""
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile is not None:
            meanwhile()

    def voltage(self) -> float | None:
        """Battery voltage at the adapter in volt; None where the adapter cannot measure it."""
        try:
            return self._voltage()
        except RequestFailed:
            return None

    def close(self) -> None:
        """Let go of the wire; never raises, may be called twice."""
        try:
            self._close()
        except (HardwareError, OSError):
            pass  # a wire that is gone cannot be closed better
        finally:
            with Adapter._claims_lock:
                if Adapter._claims.get(self.wire) is self:
                    del Adapter._claims[self.wire]

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @abstractmethod
    def _open(self) -> AdapterIdentity: ...

    @abstractmethod
    def _connect_car(self) -> CarLink: ...

    @abstractmethod
    def _request(self, request: Request) -> Reply: ...

    @abstractmethod
    def _close(self) -> None: ...

    def _voltage(self) -> float | None:
        return None

    def _call_car(self) -> CarLink:
        return self._connect_car()

    def _findings(self) -> dict[str, Any]:
        return {}

    def _use_findings(self, findings: Mapping[str, Any]) -> None:  # noqa: B027 - not every driver
        pass
