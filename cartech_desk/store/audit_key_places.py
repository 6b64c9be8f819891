"""The places where the key of the audit log may lie: read, and a new key made and kept there.

Whoever asks a system's keyring may wait for a person's password: not in a thread that has to go on.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from cartech_desk.domain.audit_chain import MacKey
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
from cartech_desk.store.audit_key_row import KeyRow, SaysOfKey, gone

BEING_MADE_ELSEWHERE: Final = "The audit key is being made."


class KeyPlaces:
    """The file of one desk's key, and the system's keyring unless that is left alone (None)."""

    def __init__(self, says: SaysOfKey, folder: Path, keyring: Entries | None) -> None:
        self._says = says
        self._places: dict[str, Entries] = {FILE: KeyFile(folder)}
        if keyring is not None:
            self._places[KEYRING] = keyring

    def kept(self, place: str, desk: str) -> tuple[MacKey, ...]:
        """Return the keys that lie there, the newest last. Errors: KeyTrouble."""
        if place not in self._places:
            raise KeyTrouble(gone(place))
        try:
            entry = self._places[place].load(desk)
        except NoKeyring:
            return ()
        return keys_of(entry) if entry is not None else ()

    def keep(self, place: str, desk: str, keys: Sequence[MacKey]) -> None:
        """Let these keys lie there, in place of all that did. Errors: NoKeyring, KeyTrouble."""
        self._places[place].save(desk, entry_of(keys))

    def asked_keyring(self, desk: str) -> tuple[KeyRow | None, tuple[MacKey, ...]]:
        """Return what `desk.db` says of the key and what the keyring holds, of one moment."""
        row: KeyRow | None = None
        ring: tuple[MacKey, ...] = ()
        for _ in range(3):
            row = self._says.row()
            ring = self.kept(KEYRING, desk) if KEYRING in self._places else ()
            if row == self._says.row():
                break
        return row, ring

    def first(self, desk: str, before: int) -> tuple[MacKey, str] | None:
        """Make the first key; returns it and its place.

        None where another process is at it: of two that try, one does. Errors: KeyTrouble.
        """
        place = FILE
        if KEYRING in self._places:
            try:
                self._places[KEYRING].load(desk)
                place = KEYRING
            except NoKeyring:
                pass
        last = self._says.claim(place, before, before + 1)
        if last is None:
            return None
        key = replace(new_key(before + 1), since=last + 1)
        try:
            self.keep(place, desk, [key])
        except NoKeyring:  # one that keeps nothing
            place = FILE
            key = replace(new_key(before + 2), since=last + 1)
            if self._says.claim(place, before + 1, before + 2) is None:
                raise KeyTrouble(BEING_MADE_ELSEWHERE) from None
            self.keep(place, desk, [key])
        return key, place

    def another(
        self,
        desk: str,
        before: int,
        at_hand: Callable[[], Iterable[MacKey]],
        used_up: Callable[[], Iterable[int]],
    ) -> tuple[MacKey, str]:
        """Make a key after number `before` beside the old ones; returns it and its place.

        `at_hand` returns keys that are kept on, `used_up` numbers that are taken elsewhere, both
        asked once the place has answered. Errors: KeyTrouble.
        """
        for place in (KEYRING, FILE):
            if place not in self._places:
                continue
            try:
                try:
                    older = list(self.kept(place, desk))
                except KeyTrouble:
                    if place == KEYRING:
                        raise  # it is locked; a file would lie open beside it
                    older = []  # a file that others could read, or that holds no key
                known = {one.number: one for one in (*older, *at_hand())}
                key = new_key(max([before, *known, *used_up()]) + 1)
                # A renewal that was broken off left a key that never counted: it signed nothing.
                counted = [
                    one for one in known.values() if one.since is not None or one.number <= before
                ]
                self.keep(place, desk, [*counted, key])
            except NoKeyring:
                continue
            return key, place
        raise KeyTrouble("There is no place to keep the audit key.")
