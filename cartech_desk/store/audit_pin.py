"""The pin of a data folder: which log lies there, and how far it was proven.

Everything in `desk.db` can be edited together, its own id included; the pin goes by the folder, not
by that id. It is kept in the keyring, which an editor of files cannot reach, and in a file beside
the anchor. It is put down when a key is made or renewed and when the desk closes; the anchor, which
follows each commit, is newer.
"""

import hashlib
import hmac
import json
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cartech_desk.domain.audit import GENESIS
from cartech_desk.domain.audit_chain import MacKey
from cartech_desk.store.audit_key import Entries, KeyFile, KeyTrouble, NoKeyring

_PIN: Final = b"CarTech Desk audit pin\0"
_ENDING: Final = ".pin"

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pin:
    """The log of one folder: `number` is its newest key, 0 where it has none yet."""

    desk: str
    number: int = 0
    sequence: int = 0
    hash: bytes = GENESIS
    mac: bytes | None = None

    def signed(self, secret: bytes | None) -> "Pin":
        """Return it with a MAC of this key, without one where there is no key."""
        return replace(self, mac=None if secret is None else self._mac(secret))

    def is_signed(self, keys: Sequence[MacKey]) -> bool:
        """Whether one of these keys made its MAC."""
        return self.mac is not None and any(
            hmac.compare_digest(self._mac(key.secret), self.mac) for key in keys
        )

    def _mac(self, secret: bytes) -> bytes:
        said = f"{self.desk}\0{self.number}\0{self.sequence}\0".encode()
        return hmac.digest(secret, _PIN + said + self.hash, "sha256")


def pin_name(folder: Path) -> str:
    """Return the name of a folder's pin in the keyring and among the keys."""
    return f"at-{hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:32]}"


def pin_entry(pin: Pin) -> str:
    """Write a pin as it is kept."""
    return json.dumps(
        {
            "desk": pin.desk,
            "number": pin.number,
            "sequence": pin.sequence,
            "hash": pin.hash.hex(),
            "mac": None if pin.mac is None else pin.mac.hex(),
        }
    )


def pin_of(entry: str) -> Pin:
    """Read a pin that is kept. Errors: KeyTrouble."""
    try:
        document = json.loads(entry)
        mac = document["mac"]
        pin = Pin(
            desk=str(document["desk"]),
            number=int(document["number"]),
            sequence=int(document["sequence"]),
            hash=bytes.fromhex(document["hash"]),
            mac=None if mac is None else bytes.fromhex(mac),
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise KeyTrouble(
            "What is kept of the log of this folder is not what the desk writes there."
        ) from error
    return pin


def furthest(pins: Sequence[Pin]) -> Pin | None:
    """Return the pin that knows most of the log; None for none."""
    return max(pins, key=lambda pin: (pin.number, pin.sequence), default=None)


class Pins:
    """The pins of one data folder, in a file and, where there is one, in the keyring."""

    def __init__(self, data: Path, keys: Path, keyring: Entries | None) -> None:
        self._name = pin_name(data)
        self._file = KeyFile(keys, _ENDING)
        self._places: list[Entries] = [self._file, *([keyring] if keyring is not None else [])]
        self.known: tuple[Pin, ...] = ()
        """Those that were read or written last."""
        self.fault = ""
        """Why the file cannot be believed."""

    def load(self) -> None:
        """Read them. Errors: KeyTrouble where the keyring is locked.

        One that cannot be read is a fault, and must not keep the other one and the keys away.
        """
        self._read(self._places)

    def load_file(self) -> None:
        """Read the one in the file alone, which nobody has to be waited for."""
        self._read([self._file])

    def _read(self, places: Sequence[Entries]) -> None:
        found: list[Pin] = []
        self.fault = ""
        for place in places:
            try:
                entry = place.load(self._name)
                if entry is not None:
                    found.append(pin_of(entry))
            except NoKeyring:
                continue
            except KeyTrouble as error:
                if place is not self._file:
                    raise
                self.fault = str(error)
            self.known = tuple(found)

    def begin(self, desk: str) -> None:
        """Pin an empty log in the file, before any key is made; raises nothing."""
        if not self.known:
            try:
                self._file.save(self._name, pin_entry(Pin(desk)))
            except KeyTrouble as error:
                _LOG.warning("the audit log cannot be pinned: %s", error)

    def follow(self, desk: str, key: MacKey) -> None:
        """Put a pin where one is missing or names an older key; raises nothing."""
        far = furthest(self.known) or Pin(desk)
        pin = replace(far, number=key.number).signed(key.secret)
        if len(self.known) == len(self._places) and all(one == pin for one in self.known):
            return
        try:
            self.save(pin)
        except KeyTrouble as error:
            _LOG.warning("the audit log cannot be pinned: %s", error)

    def raise_to(self, desk: str, key: MacKey, sequence: int, digest: bytes) -> None:
        """Raise them to a record that was proven; never back. Errors: KeyTrouble."""
        self.load()
        far = furthest(self.known)
        if far is None or (
            far.desk == desk and (far.number, far.sequence) < (key.number, sequence)
        ):
            self.save(Pin(desk, key.number, sequence, digest).signed(key.secret))

    def save(self, pin: Pin) -> None:
        """Keep a pin in place of what was there. Errors: KeyTrouble."""
        for place in self._places:
            try:
                place.save(self._name, pin_entry(pin))
            except NoKeyring:
                continue
        self.known, self.fault = (pin,), ""
