"""Reading one object of a signal set, with errors that say where it stands."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.plain_text import printable

_LONGEST_TEXT: Final = 300
_SHOWN: Final = 40


class SignalSetError(CarTechError):
    """A signal set that cannot be used; nothing of it was imported."""

    code: ClassVar[str] = "signal_set"


def readable(value: object) -> str:
    """Return a value of the file as it may stand in a sentence."""
    text = "".join(
        one if printable(one) else one.encode("unicode_escape").decode("ascii")
        for one in str(value)[: _SHOWN + 1]
    )
    return f"“{text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}”"


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value and where it stands; every reader raises SignalSetError with that place."""

    value: Any
    place: str

    def named(self, place: str) -> "Node":
        """Return the same value under a better name of its place."""
        return Node(self.value, f"{self.place} ({place})")

    def child(self, value: Any, what: str) -> "Node":
        """Return a value inside this one, named by its id where it has one."""
        identifier = value.get("id") if isinstance(value, dict) else None
        label = f"{what} {readable(identifier)}" if isinstance(identifier, str) else what
        return Node(value, f"{self.place}, {label}")

    def wrong(self, what: str) -> SignalSetError:
        """Return the error for something that is wrong here."""
        return SignalSetError(
            f"The signal set cannot be used: in {self.place}, {what}.",
            kept="Nothing of it was imported.",
            to_do="Correct that place, or get the set again from where it came.",
        )

    def mapping(self, key: str) -> Mapping[str, Any]:
        """Return the object under a key."""
        found = self._need(key)
        if not isinstance(found, dict):
            raise self.wrong(f"{key} is no object")
        return found

    def get(self, key: str) -> Any:
        """Return what stands under a key, None where nothing does."""
        return self._object().get(key)

    def items(self, key: str, *, missing_is_empty: bool = False) -> list[Any]:
        """Return the list under a key."""
        found = self.get(key) if missing_is_empty else self._need(key)
        if found is None and missing_is_empty:
            return []
        if not isinstance(found, list):
            raise self.wrong(f"{key} is no list")
        return found

    def text(self, key: str) -> str:
        """Return the text under a key, which may not be empty or endless."""
        found = self._need(key)
        if not isinstance(found, str) or not found.strip():
            raise self.wrong(f"{key} is no text")
        if len(found) > _LONGEST_TEXT:
            raise self.wrong(f"{key} has more than {_LONGEST_TEXT} characters")
        if not printable(found):
            raise self.wrong(f"{key} {readable(found)} holds characters that are no text")
        return found

    def number(self, key: str, default: float | None = None) -> float:
        """Return the number under a key, or the default where it is missing."""
        found = self.get(key)
        if found is None and default is not None:
            return default
        if found is None:
            found = self._need(key)
        return self._finite(key, found)

    def optional_number(self, key: str) -> float | None:
        """Return the number under a key, None where it is missing."""
        found = self.get(key)
        return None if found is None else self._finite(key, found)

    def integer(self, key: str, default: int | None = None) -> int:
        """Return the whole number under a key, or the default where it is missing."""
        found = self.number(key, default)
        if found != int(found):
            raise self.wrong(f"{key} is no whole number")
        return int(found)

    def flag(self, key: str) -> bool:
        """Return the truth under a key, False where it is missing."""
        found = self.get(key)
        if found is None:
            return False
        if not isinstance(found, bool):
            raise self.wrong(f"{key} is neither true nor false")
        return found

    def hexadecimal(self, text: str, what: str) -> int:
        """Return the number of some hexadecimal digits."""
        if not text or any(letter not in "0123456789abcdefABCDEF" for letter in text):
            raise self.wrong(f"the {what} {readable(text)} is not hexadecimal")
        return int(text, 16)

    def year(self, key: str) -> int | None:
        """Return the year under a key, None where it is missing."""
        found = self.get(key)
        return None if found is None else self.checked_year(found)

    def checked_year(self, found: Any) -> int:
        """Return a year that was found here."""
        if isinstance(found, bool) or not isinstance(found, int) or not 1900 <= found <= 2200:
            raise self.wrong(f"{readable(found)} is no model year")
        return found

    def unknown_keys(self, known: set[str]) -> list[str]:
        """Return a warning for each key that means nothing here."""
        return [
            f"{self.place}: {readable(key)} is not known and left out."
            for key in self._object()
            if key not in known
        ]

    def _object(self) -> dict[str, Any]:
        if not isinstance(self.value, dict):
            raise self.wrong("an object is due")
        return self.value

    def _need(self, key: str) -> Any:
        found = self._object().get(key)
        if found is None:
            raise self.wrong(f"{key} is missing")
        return found

    def _finite(self, key: str, found: Any) -> float:
        if isinstance(found, bool) or not isinstance(found, (int, float)):
            raise self.wrong(f"{key} is no number")
        try:
            number = float(found)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self.wrong(f"{key} is no finite number")
        return number
