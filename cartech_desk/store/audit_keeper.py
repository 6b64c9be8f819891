"""Having the key of the audit log at hand without ever waiting long for it.

A system's keyring may ask a person for a password before it answers. So it is asked in a thread of
its own, begun when the log is first used; an append waits for it once and briefly, and a record is
written without a MAC rather than late. Once the key is there, later records carry one again. A key
that `desk.db` says is in the file signs at once: the keyring is asked all the same, whether it
knows better, and a verification waits for that.

A first key is made only while this process saw the log empty: a log that has records and no key was
edited, or began without one, and an administrator begins with a new key deliberately.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeVar

from cartech_desk.domain.audit_chain import MacKey
from cartech_desk.domain.errors import CarTechError
from cartech_desk.store.audit_key import FILE, KEYRING, Entries, KeyTrouble, NoKeyring
from cartech_desk.store.audit_key_places import BEING_MADE_ELSEWHERE, KeyPlaces
from cartech_desk.store.audit_key_row import KeyRow, SaysOfKey, gone
from cartech_desk.store.audit_pin import Pin, Pins
from cartech_desk.store.database import Database

PATIENCE_S: Final = 2.0
RETRY_S: Final = 10.0
_POLL_S: Final = 0.02
_BEING_MADE: Final = timedelta(seconds=30)
"""For so long another process is believed to be at making the key."""

_T = TypeVar("_T")

_LOG = logging.getLogger(__name__)

_HANGS: Final = (
    "The system's keyring does not answer; it may be waiting for its password. Records are "
    "written without a signature until it does."
)
_LATE: Final = (
    "The audit log has records and never had a key. An administrator can begin with one: "
    "cartech-desk audit key --renew."
)
_ANOTHER: Final = (
    "Another log lay in this folder; verify the audit log. An administrator can begin anew: "
    "cartech-desk audit key --renew."
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known outside `desk.db`: every key to check with, the pins of the folder.

    `fault` says why `desk.db` cannot be the one that goes with them, `problem` why there is no key.
    """

    keys: tuple[MacKey, ...] = ()
    problem: str = ""
    fault: str = ""
    pins: tuple[Pin, ...] = ()


class KeyKeeper:
    """The key of one desk. Thread-safe.

    `keyring` None leaves the system's keyring alone: the key is then in a file.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        keyring: Entries | None,
        *,
        patience_s: float = PATIENCE_S,
        retry_s: float = RETRY_S,
    ) -> None:
        self._says = SaysOfKey(database)
        self._places = KeyPlaces(self._says, folder, keyring)
        self._pins = Pins(database.path.parent, folder, keyring)
        self._patience_s = patience_s
        self._retry_s = retry_s
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._pinning: threading.Thread | None = None
        self._begun_s = 0.0
        self._ended_s = 0.0
        self._at_hand = threading.Event()
        """Set once there are keys, or the load under way has ended."""
        self._looked_through = False
        """Whether the last load heard every place out."""
        self._may_make = False
        self._made_all = False
        """Whether the last load was one that could make what is missing."""
        self._was_empty = False
        self._keys: tuple[MacKey, ...] = ()
        self._place = ""
        self._problem = ""
        self._fault = ""

    @property
    def problem(self) -> str:
        """Why records are not keyed now; empty while they are, and before anybody asked."""
        with self._lock:
            if self._fault:
                return self._fault
            if self._keys or self._thread is None:
                return ""
            return _HANGS if self._thread.is_alive() and self._waited_out() else self._problem

    @property
    def place(self) -> str:
        """Where the key is: "keyring" or "file"; empty while it is not known."""
        return self._place

    @property
    def fault(self) -> str:
        """Why this `desk.db` does not go with the keys and pins outside; empty where it does."""
        return self._fault

    @property
    def known(self) -> tuple[MacKey, ...]:
        """The keys to sign with that are at hand now, the newest last; never waits."""
        return () if self._fault else self._keys

    def begin(self, *, make: bool = True) -> None:
        """Begin to load the key, where nobody has yet; returns at once.

        Without `make` nothing that is missing is made: who verifies changes nothing.
        """
        with self._lock:
            self._may_make = self._may_make or make
            if self._thread is not None and self._thread.is_alive():
                return
            waited = time.monotonic() - self._ended_s >= self._retry_s
            if self._thread is None or (make and not self._made_all) or (waited and not self.known):
                # Its beginning is the first one's: an append waits once, not at each new try.
                self._begun_s = self._begun_s or time.monotonic()
                self._start(self._load)

    def keys(self, *, make: bool = True) -> tuple[MacKey, ...]:
        """Return every key of the desk, the newest last; none where they are not to be had now.

        Waits until what is left of the first two seconds has gone.
        """
        for _ in range(2):  # a second time where one that could make nothing was under way
            self.begin(make=make)
            thread = self._thread
            if not self._keys and thread is not None:
                self._at_hand.wait(max(0.0, self._begun_s + self._patience_s - time.monotonic()))
            if self._keys or self._fault or not make or self._made_all:
                break
        return self._keys

    def all_known(self) -> Known:
        """Return what a verification needs, waiting as `keys`; makes and changes nothing."""
        keys = self._heard_out()
        if self._fault or not self._is_newest(keys):
            self.look_again()
            keys = self._heard_out()
            if not self._fault and not self._is_newest(keys):
                keys = ()  # renewed elsewhere, and the new one is not to be had
        problem = "" if keys else self._why_not() or "The key of the audit log is not here."
        with self._lock:
            return Known(keys, problem, self._fault, self._pins.known)

    def _heard_out(self) -> tuple[MacKey, ...]:
        """Return the keys once every place was asked; none while one of them does not answer."""
        keys = self.keys(make=False)
        thread = self._thread
        if thread is not None:
            thread.join(max(0.0, self._begun_s + self._patience_s - time.monotonic()))
        return keys if self._looked_through or self._fault else ()

    def _why_not(self) -> str:
        with self._lock:
            hangs = self._thread is not None and self._thread.is_alive()
            return _HANGS if hangs and self._waited_out() else self._problem

    def look_again(self) -> None:
        """Load the keys anew, and wait for them: another process has renewed them."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._start(self._load)
            thread = self._thread
        if thread is not None:
            thread.join(self._patience_s)

    def _is_newest(self, keys: tuple[MacKey, ...]) -> bool:
        row = self._says.row() if keys else None
        return row is None or any(key.number == row.number for key in keys)

    def proven(self, sequence: int, digest: bytes) -> None:
        """Raise the pins to this record, which carries the key's MAC; in the background."""
        keys = self.known
        if keys:
            self._pinning = threading.Thread(
                target=self._raise_pins, args=(keys[-1], sequence, digest), daemon=True
            )
            self._pinning.start()

    def settle(self) -> None:
        """Wait a little until what was begun in the background is done; the desk closes."""
        if self._pinning is not None:
            self._pinning.join(self._patience_s)

    def renewed(self, before: int) -> tuple[MacKey, str]:
        """Keep a new key with a number after this one beside the old ones; returns it, its place.

        It counts once the number stands in `desk.db`. Errors: KeyTrouble, also where the keyring
        does not answer.
        """
        return self._in_time(lambda: self._make(before))

    def take(self, key: MacKey, place: str, sequence: int, digest: bytes) -> None:
        """Use this key from this record on: `desk.db` names it. Errors: KeyTrouble."""

        def keep() -> None:
            desk = self._says.desk()
            since = replace(key, since=sequence)
            older = [one for one in self._places.kept(place, desk) if one.number < key.number]
            # What was in use after this record was so in a copy of the log that is gone.
            older = [one for one in older if one.since is None or one.since < sequence]
            self._places.keep(place, desk, [*older, since])
            self._pins.save(Pin(desk, key.number, sequence, digest).signed(key.secret))
            with self._lock:
                self._keys, self._place = (*older, since), place
                self._problem = self._fault = ""

        with self._lock:
            self._keys = (*(one for one in self._keys if one.number < key.number), key)
            self._place, self._problem, self._fault = place, "", ""
            self._looked_through = True
        self._in_time(keep)

    # In threads

    def _in_time(self, work: Callable[[], _T]) -> _T:
        answer: list[_T | KeyTrouble] = []

        def run() -> None:
            try:
                answer.append(work())
            except KeyTrouble as error:
                answer.append(error)
            except (NoKeyring, CarTechError) as error:
                answer.append(KeyTrouble(str(error) or "The system's keyring is gone."))

        thread = threading.Thread(target=run, name="audit-key-renewal", daemon=True)
        thread.start()
        thread.join(15 * self._patience_s)
        if not answer:
            raise KeyTrouble(_HANGS)
        if isinstance(answer[0], KeyTrouble):
            raise answer[0]
        return answer[0]

    def _waited_out(self) -> bool:
        return time.monotonic() - self._begun_s >= self._patience_s

    def _start(self, work: Callable[[], None]) -> None:
        self._at_hand.clear()
        self._looked_through = False

        def run() -> None:
            try:
                work()
            except (KeyTrouble, CarTechError) as error:
                self._problem = str(error)
            except Exception as error:
                # The thread has nobody else to tell; the log goes on without a key.
                self._problem = f"The audit key cannot be used ({type(error).__name__})."
                _LOG.exception("loading the audit key")
            finally:
                self._ended_s = time.monotonic()
                self._at_hand.set()

        self._thread = threading.Thread(target=run, name="audit-key", daemon=True)
        self._thread.start()

    def _load(self) -> None:
        self._made_all = False
        self._was_empty = self._was_empty or self._says.is_empty()
        desk = self._says.desk()
        self._take_from_file(desk)
        self._pins.load()
        fault = self._pins.fault
        if any(pin.desk != desk for pin in self._pins.known):
            fault = _ANOTHER
        with self._lock:
            self._fault = fault
        row, ring = self._places.asked_keyring(desk)
        place = row.place if row is not None else KEYRING if ring else FILE
        keys = ring or self._places.kept(place, desk)
        if row is None:
            # One that nothing was signed with yet is of a renewal that is under way, or failed.
            keys = tuple(key for key in keys if key.since is not None)
        else:
            keys = keys or self._waited_for(row, desk)
            keys, wrong = self._says.fitting(row, keys, from_ring=bool(ring))
            fault = fault or wrong
        with self._lock:
            self._fault = fault
        making = self._made_all = self._may_make
        if keys:
            if making and not fault:
                if row is None:
                    self._says.claim(place, keys[-1].number - 1, keys[-1].number)
                self._pins.follow(desk, keys[-1])
            self._found(keys, KEYRING if ring else place)
        elif self._says.ever_keyed():
            raise KeyTrouble(gone(place if row is not None else ""))
        elif not fault:
            if not self._was_empty:
                raise KeyTrouble(_LATE)
            if making:
                self._pins.begin(desk)
                if not self._first(desk, row.number if row is not None else 0):
                    self._load_made_elsewhere(desk)
        self._looked_through = True

    def _take_from_file(self, desk: str) -> None:
        """Sign with the key in the file from now on, where `desk.db` says that it is there.

        No keyring is waited for. What the keyring knows better is a fault as soon as it says so.
        """
        row = self._says.row()
        if self._fault or row is None or row.place != FILE:
            return
        try:
            self._pins.load_file()
            keys, wrong = self._says.fitting(row, self._places.kept(FILE, desk), from_ring=False)
        except KeyTrouble:
            return  # told by the load that goes on
        fits = not wrong and not self._pins.fault
        if keys and fits and all(one.desk == desk for one in self._pins.known):
            self._found(keys, FILE)
            self._at_hand.set()

    def _waited_for(self, row: KeyRow, desk: str) -> tuple[MacKey, ...]:
        """Return the keys that another process is at making; none where it is not."""
        kept: tuple[MacKey, ...] = ()
        deadline = time.monotonic() + self._patience_s
        while not kept and row.age() < _BEING_MADE and not self._says.ever_keyed():
            if time.monotonic() >= deadline:
                raise KeyTrouble(BEING_MADE_ELSEWHERE)
            time.sleep(_POLL_S)
            kept = self._places.kept(row.place, desk)
        # What was signed with it by now was so after it had been kept.
        return kept or self._places.kept(row.place, desk)

    def _load_made_elsewhere(self, desk: str) -> None:
        """Use the first key, which another process is at making at this moment."""
        row = self._says.row()
        keys = self._waited_for(row, desk) if row is not None else ()
        if row is None or not keys:
            raise KeyTrouble(BEING_MADE_ELSEWHERE)
        keys, wrong = self._says.fitting(row, keys, from_ring=row.place == KEYRING)
        with self._lock:
            self._fault = wrong
        if keys and not wrong:
            self._pins.follow(desk, keys[-1])
            self._found(keys, row.place)

    def _first(self, desk: str, before: int) -> bool:
        """Make the first key and use it; False where another process is at it."""
        made = self._places.first(desk, before)
        if made is None:
            return False
        key, place = made
        self._pins.follow(desk, key)
        self._found((key,), place)
        return True

    def _make(self, before: int) -> tuple[MacKey, str]:
        return self._places.another(
            self._says.desk(),
            before,
            lambda: self._keys,
            lambda: [pin.number for pin in self._pins.known],
        )

    def _found(self, keys: tuple[MacKey, ...], place: str) -> None:
        with self._lock:
            self._keys, self._place, self._problem = keys, place, ""

    def _raise_pins(self, key: MacKey, sequence: int, digest: bytes) -> None:
        with suppress(CarTechError, KeyTrouble):
            self._pins.raise_to(self._says.desk(), key, sequence, digest)
