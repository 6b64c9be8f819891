"""Having the key of the audit log at hand without ever waiting long for it.

A system's keyring may ask a person for a password before it answers. So it is asked in a thread of
its own, begun when the log is first used; an append waits for it once and briefly, and a record is
written without a MAC rather than late. Once the key is there, later records carry one again.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cartech_desk.domain.audit_chain import MacKey
from cartech_desk.domain.errors import CarTechError
from cartech_desk.store.audit_key import (
    FILE,
    KEYRING,
    Entries,
    KeyFile,
    KeyTrouble,
    NoKeyring,
    entry_of,
    keys_of,
    new_key,
)
from cartech_desk.store.database import Database

PATIENCE_S: Final = 2.0
RETRY_S: Final = 10.0
_BEING_MADE: Final = timedelta(seconds=30)
"""For so long another process is believed to be at making the key."""

_LOG = logging.getLogger(__name__)

_HANGS: Final = (
    "The system's keyring does not answer; it may be waiting for its password. Records are "
    "written without a MAC until it does."
)


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
        self._database = database
        self._places: dict[str, Entries] = {FILE: KeyFile(folder)}
        if keyring is not None:
            self._places[KEYRING] = keyring
        self._patience_s = patience_s
        self._retry_s = retry_s
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._settling: threading.Thread | None = None
        self._begun_s = 0.0
        self._ended_s = 0.0
        self._keys: tuple[MacKey, ...] = ()
        self._place = ""
        self._problem = ""

    @property
    def problem(self) -> str:
        """Why records are not keyed now; empty while they are, and before anybody asked."""
        with self._lock:
            if self._keys or self._thread is None:
                return ""
            return _HANGS if self._thread.is_alive() and self._waited_out() else self._problem

    @property
    def place(self) -> str:
        """Where the key is: "keyring" or "file"; empty while it is not known."""
        return self._place

    @property
    def known(self) -> tuple[MacKey, ...]:
        """The keys that are at hand now, the newest last; never waits."""
        return self._keys

    @property
    def is_used(self) -> bool:
        """Whether `used` was told already of the newest key."""
        return self._settling is not None

    def begin(self) -> None:
        """Begin to load the key, where nobody has yet; returns at once."""
        with self._lock:
            if self._keys:
                return
            if self._thread is None or (
                not self._thread.is_alive() and time.monotonic() - self._ended_s >= self._retry_s
            ):
                # Its beginning is the first one's: an append waits once, not at each new try.
                self._begun_s = self._begun_s or time.monotonic()
                self._start(self._load)

    def keys(self) -> tuple[MacKey, ...]:
        """Return every key of the desk, the newest last; none where they are not to be had now.

        Waits until what is left of the first two seconds has gone.
        """
        self.begin()
        thread = self._thread
        if not self._keys and thread is not None:
            thread.join(max(0.0, self._begun_s + self._patience_s - time.monotonic()))
        return self._keys

    def look_again(self) -> None:
        """Load the keys anew: another process has renewed them."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._keys = ()
                self._start(self._load)

    def used(self, number: int, sequence: int) -> None:
        """Remember that this record is the first that carries the key's MAC; in the background."""
        with self._lock:
            if self._settling is not None:
                return
            settle = threading.Thread(
                target=self._settle, args=(number, sequence), name="audit-key-used", daemon=True
            )
            self._settling = settle
            settle.start()

    def settle(self) -> None:
        """Wait a little until what `used` began is done; the desk closes."""
        settling = self._settling
        if settling is not None:
            settling.join(self._patience_s)

    def renewed(self, number: int) -> tuple[MacKey, str]:
        """Keep a new key of this number beside the old ones; returns it and its place.

        It counts once the number stands in `desk.db`. Errors: KeyTrouble, also where the keyring
        does not answer.
        """
        answer: list[tuple[MacKey, str] | KeyTrouble] = []

        def make() -> None:
            try:
                answer.append(self._make(number))
            except KeyTrouble as error:
                answer.append(error)

        thread = threading.Thread(target=make, name="audit-key-renewal", daemon=True)
        thread.start()
        thread.join(15 * self._patience_s)
        if not answer:
            raise KeyTrouble(_HANGS)
        if isinstance(answer[0], KeyTrouble):
            raise answer[0]
        return answer[0]

    def take(self, key: MacKey, place: str) -> None:
        """Use this key from now on: `desk.db` names it."""
        with self._lock:
            self._keys = (*(one for one in self._keys if one.number < key.number), key)
            self._place, self._problem = place, ""
            self._settling = None

    # In threads

    def _waited_out(self) -> bool:
        return time.monotonic() - self._begun_s >= self._patience_s

    def _start(self, work: Callable[[], None]) -> None:
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

        self._thread = threading.Thread(target=run, name="audit-key", daemon=True)
        self._thread.start()

    def _load(self) -> None:
        desk = self._desk()
        rows = self._database.glance("SELECT place, number, made FROM audit_key")
        if rows:
            place, number, made = str(rows[0][0]), rows[0][1], str(rows[0][2])
            keys = self._kept_at(place, desk)
            if any(key.number == number for key in keys):
                self._found(tuple(key for key in keys if key.number <= number), place)
                return
            if keys:
                raise KeyTrouble("The audit key that was found is not the one this desk uses.")
            if self._ever_keyed():
                raise KeyTrouble(_gone(place))
            if _age(made) < _BEING_MADE:
                raise KeyTrouble("The audit key is being made.")
            self._first(desk, int(number))
            return
        for place in self._places:
            with_keys = tuple(self._kept_at(place, desk))
            if with_keys:
                self._claim(place, with_keys[-1].number - 1, with_keys[-1].number)
                self._found(with_keys, place)
                return
        if self._ever_keyed():
            raise KeyTrouble(_gone(""))
        self._first(desk, 0)

    def _first(self, desk: str, before: int) -> None:
        """Make the first key; of two processes that try, one does."""
        place = FILE
        if KEYRING in self._places:
            try:
                self._places[KEYRING].load(desk)
                place = KEYRING
            except NoKeyring:
                pass
        if not self._claim(place, before, before + 1):
            raise KeyTrouble("The audit key is being made.")
        key, kept_at = self._make(before + 1)
        if kept_at != place:
            self._claim(kept_at, before + 1, before + 1)
        self._found((key,), kept_at)

    def _make(self, number: int) -> tuple[MacKey, str]:
        desk, key = self._desk(), new_key(number)
        for place in (KEYRING, FILE):
            if place not in self._places:
                continue
            try:
                try:
                    older = [one for one in self._kept_at(place, desk) if one.number < number]
                except KeyTrouble:
                    if place == KEYRING:
                        raise  # it is locked; a file would lie open beside it
                    older = []  # a file that others could read, or that holds no key
                known = {one.number: one for one in (*older, *self._keys)}
                self._places[place].save(desk, entry_of([*known.values(), key]))
            except NoKeyring:
                continue
            return key, place
        raise KeyTrouble("There is no place to keep the audit key.")

    def _settle(self, number: int, sequence: int) -> None:
        try:
            desk, place = self._desk(), self._place
            keys = self._kept_at(place, desk)
            known = [
                replace(key, since=sequence) if key.number == number and key.since is None else key
                for key in keys
            ]
            if known != list(keys):
                self._places[place].save(desk, entry_of(known))
            with self._lock:
                self._keys = tuple(known) or self._keys
        except (KeyTrouble, NoKeyring, CarTechError, KeyError):
            _LOG.warning("the audit key could not remember its first record")

    def _kept_at(self, place: str, desk: str) -> Sequence[MacKey]:
        if place not in self._places:
            raise KeyTrouble(_gone(place))
        try:
            entry = self._places[place].load(desk)
        except NoKeyring:
            return ()
        return keys_of(entry) if entry is not None else ()

    def _found(self, keys: tuple[MacKey, ...], place: str) -> None:
        with self._lock:
            self._keys, self._place, self._problem = keys, place, ""

    def _desk(self) -> str:
        rows = self._database.glance("SELECT desk FROM audit_head")
        desk = rows[0][0] if rows else None
        if not isinstance(desk, str) or not desk.isalnum() or not desk.isascii():
            raise KeyTrouble("The head of the audit log is gone from desk.db: no key goes with it.")
        return desk

    def _ever_keyed(self) -> bool:
        return bool(self._database.glance("SELECT 1 FROM audit WHERE mac IS NOT NULL LIMIT 1"))

    def _claim(self, place: str, before: int, number: int) -> bool:
        """Write down where the key is and which; False where another process was quicker."""
        with self._database.write() as connection:
            done = connection.exec_driver_sql(
                "INSERT INTO audit_key (only_one, place, number, made) VALUES (1, ?, ?, ?) "
                "ON CONFLICT (only_one) DO UPDATE SET place = excluded.place, "
                "number = excluded.number, made = excluded.made WHERE number = ?",
                (place, number, datetime.now(UTC).isoformat(timespec="seconds"), before),
            )
            return done.rowcount == 1


def _gone(place: str) -> str:
    where = {
        KEYRING: " from the system's keyring",
        FILE: " from its file",
    }.get(place, "")
    return (
        f"The key of the audit log is gone{where}. An administrator can renew it: "
        "cartech-desk audit key --renew."
    )


def _age(made: str) -> timedelta:
    try:
        return abs(datetime.now(UTC) - datetime.fromisoformat(made))
    except (ValueError, TypeError):
        return timedelta.max
