"""Cars and adapters met before: what is remembered of them, when it counts, and when not.

At the next connection the driver begins with what it found last time (`Adapter.use_findings`). Then
the car is asked for its VIN. Where that is of a known car, and protocol, ECUs and the first list of
PIDs of each ECU are what they were, all just read anew, the lists that name the full scales, the
scales themselves and what each ECU says of its software are read (`bay.recalling`). Where these are
what they were too, the rest is recalled: the other lists of PIDs, and names.

All else is asked as of a car that was never seen: another VIN or none, an ECU that is missing, new
or programmed anew, another protocol, another list, a VIN that cannot be one car's alone, a row that
cannot be read, what was read too long ago or only in part. What of a known car has changed is then
said. A check-up, a clearing, `scan` and a connection that a person wants made anew ask everything,
and so does any connection after `READ_ANEW`.

What compares and reads is read in with the first car, not at the window's start.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from cartech_desk.bay.identification import Ask, Identification, Step, identify, told_vin
from cartech_desk.domain.obd.signals import Command
from cartech_desk.hardware.adapter import Adapter, CarLink
from cartech_desk.store.errors import StoreError

if TYPE_CHECKING:
    from cartech_desk.bay.known_documents import Remembered
    from cartech_desk.store.known_cars import KnownAdapter, KnownCar, KnownCarStore

T = TypeVar("T")

READ_ANEW: Final = timedelta(days=90)
"""What was read longer ago is read anew."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Met:
    """A car as it was met: recalled or asked everything; `noticed` says what is not as it was."""

    found: Identification
    noticed: tuple[str, ...] = ()
    answered: frozenset[str] = frozenset()
    """Requests of signal sets that it answered before; see `name_of`."""


class KnownCars:
    """What a desk remembers. Reads in the caller's thread; writes in one of its own, soon after.

    All of it is a convenience: where the store fails, every car is met as if for the first time.
    `store` is called when something is first asked or kept.
    """

    def __init__(
        self,
        store: "Callable[[], KnownCarStore]",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._open = store
        self._now = now
        self._lock = threading.Lock()
        self._due: dict[tuple[str, str], KnownAdapter | KnownCar] = {}
        self._writer: threading.Thread | None = None

    def prepare(self, adapter: Adapter) -> None:
        """Let an adapter begin with what was found last time at its URL; before it is opened."""
        known = self._adapter(adapter.url)
        if known is not None:
            adapter.use_findings(known.findings)

    def meet(self, ask: Ask, link: CarLink, step: Step) -> Met:
        """Recall the car behind a link, or ask it everything. Errors: LinkLost."""
        if self._tellable(link):
            from cartech_desk.bay.recalling import recall

            vin = told_vin(ask, link, step)
            known = self._car(vin) if vin is not None else None
            if known is not None and self._holds(known, link):
                found = recall(ask, link, known.found, step)
                if found is not None:
                    return Met(found, answered=known.answered)
        return self.meet_anew(ask, link, step)

    def meet_anew(self, ask: Ask, link: CarLink, step: Step) -> Met:
        """Ask a car everything and say what is not as it was remembered. Errors: LinkLost."""
        found = identify(ask, link, step)
        return Met(found, self.noticed(found))

    def noticed(self, found: Identification) -> tuple[str, ...]:
        """Say what of a car that was asked everything is not as it was remembered."""
        from cartech_desk.bay.known_documents import changes

        known = self._car(found.car.vin) if found.car.vin is not None else None
        return changes(known, found) if known is not None else ()

    def keep(
        self, adapter: Adapter, found: Identification, answered: frozenset[str] = frozenset()
    ) -> None:
        """Remember an adapter and the car behind it, soon; `found` as `meet` returned it."""
        from cartech_desk.bay.known_documents import document_of
        from cartech_desk.store.known_cars import KnownAdapter, KnownCar

        now = self._now()
        vin = found.car.vin if found.car.vin is not None and _is_proof(found.car.vin) else None
        due: dict[tuple[str, str], KnownAdapter | KnownCar] = {}
        findings = adapter.findings()
        if findings:
            due["adapter", adapter.url] = KnownAdapter(adapter.url, findings, vin, now)
        if vin is not None and _provable(found.link):
            remembered = self._renewed(vin, found, answered, now)
            due["car", vin] = KnownCar(
                vin, document_of(remembered), now, remembered.found.car.warnings
            )
        self._write_soon(due)

    def forget(self, *, url: str = "", vin: str = "") -> None:
        """Forget an adapter, a car, or both. Errors: StoreError."""
        with self._lock:
            self._due.pop(("adapter", url), None)
            self._due.pop(("car", vin), None)
        self._open().forget(url=url, vin=vin)

    def close(self, within_s: float) -> None:
        """Wait until all is written, no longer than this."""
        with self._lock:
            writer = self._writer
        if writer is not None:
            writer.join(within_s)

    def _tellable(self, link: CarLink) -> bool:
        """Whether a car may be recalled over this link, so that asking for its VIN may pay."""
        return _provable(link) and self._quietly(lambda store: store.knows_cars()) is True

    def _holds(self, known: "Remembered", link: CarLink) -> bool:
        """Whether what is remembered counts for what was just found."""
        from cartech_desk.hardware.findings import same_bus

        found = known.found
        before = found.link
        age = self._now() - known.read
        return (
            timedelta() <= age <= READ_ANEW
            and known.sure
            and same_bus(before, link)
            and (before.ecus, before.uds) == (link.ecus, link.uds)
            and dict(before.first_bitmaps) == dict(link.first_bitmaps)
        )

    def _renewed(
        self, vin: str, found: Identification, answered: frozenset[str], now: datetime
    ) -> "Remembered":
        """Return what is to be remembered; a recalled car as it was when it was last read."""
        from cartech_desk.bay.known_documents import Remembered, alike

        known = self._car(vin)
        if found.recalled and known is not None:
            return replace(known, answered=known.answered | answered)
        same = known is not None and alike(replace(known.found, recalled=False), found)
        return Remembered(found, now, answered, confirmed=same)

    def _adapter(self, url: str) -> "KnownAdapter | None":
        from cartech_desk.store.known_cars import KnownAdapter

        with self._lock:
            due = self._due.get(("adapter", url))
        if isinstance(due, KnownAdapter):
            return due
        return self._quietly(lambda store: store.adapter(url))

    def _car(self, vin: str | None) -> "Remembered | None":
        from cartech_desk.bay.known_documents import read_document
        from cartech_desk.store.known_cars import KnownCar

        if vin is None or not _is_proof(vin):
            return None
        with self._lock:
            due = self._due.get(("car", vin))
        known = due if isinstance(due, KnownCar) else self._quietly(lambda store: store.car(vin))
        read = read_document(known.identification) if known is not None else None
        return read if read is not None and read.found.car.vin == vin else None

    def _quietly(self, read: "Callable[[KnownCarStore], T]") -> T | None:
        try:
            return read(self._open())
        except StoreError as error:
            _LOG.warning("what is known of cars cannot be read: %s", error.happened)
            return None

    def _write_soon(self, due: "dict[tuple[str, str], KnownAdapter | KnownCar]") -> None:
        if not due:
            return
        with self._lock:
            self._due |= due
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="known-cars", daemon=True)
                self._writer.start()

    def _write(self) -> None:
        from cartech_desk.store.known_cars import KnownAdapter

        while True:
            with self._lock:
                key = next(iter(self._due), None)
                if key is None:
                    self._writer = None
                    return
                one = self._due[key]
            try:
                if isinstance(one, KnownAdapter):
                    self._open().keep_adapter(one)
                else:
                    self._open().keep_car(one)
            except StoreError as error:
                _LOG.warning("what is known of a car was not kept: %s", error.happened)
            except Exception:  # a bug; the car goes on without its memory
                _LOG.exception("what is known of a car was not kept")
            with self._lock:
                if self._due.get(key) is one:
                    del self._due[key]


def name_of(command: Command) -> str:
    """Return the name under which it is remembered that a car answers a command."""
    return f"{command.address}/{command.payload.hex().upper()}"


def _is_proof(vin: str) -> bool:
    """Whether a VIN can be one car's alone: well formed, and right where that can be checked."""
    from cartech_desk.domain.vin import VinState, check_vin

    return check_vin(vin).state in (VinState.GOOD, VinState.UNCHECKED)


def _provable(link: CarLink) -> bool:
    """Whether each ECU told its first list of PIDs on the way."""
    return bool(link.ecus) and set(link.ecus) == set(link.first_bitmaps)
