"""The entries of a link definition, taken one by one and checked; what is left is refused."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from cartech_desk.domain.dyno.link_definition import LinkRefused


class Entries:
    """The entries of one table; each is taken once, and what is left over is refused."""

    def __init__(self, place: str, values: Mapping[str, Any]) -> None:
        self.place = place
        self._left = dict(values)

    def _take(self, key: str, default: Any) -> Any:
        return self._left.pop(key, default)

    def table(self, key: str, *, needed: bool = False) -> "Entries":
        """Take a table."""
        values = self._take(key, None)
        if values is None and needed:
            raise refused(self.place, f"has no [{key}]")
        if not isinstance(values, dict | None):
            raise refused(key, f"is to be a table: [{key}]")
        return Entries(key, values or {})

    def tables(self, key: str) -> "list[Entries]":
        """Take a list of tables."""
        values = self._take(key, [])
        if not isinstance(values, list) or not all(isinstance(one, dict) for one in values):
            raise refused(key, f"is to be a list of tables: [[{key}]]")
        return [Entries(f"{key} {index}", one) for index, one in enumerate(values, 1)]

    def text(self, key: str, *, needed: bool = False, longest: int) -> str:
        """Take a plain text."""
        value = self._take(key, "")
        if not isinstance(value, str) or len(value) > longest or not value.isprintable():
            raise refused(self._at(key), f"is to be a plain text of at most {longest} characters")
        if needed and not value.strip():
            raise refused(self.place, f"needs a {key}")
        return value.strip()

    def one_of(self, key: str, default: str, words: Sequence[str]) -> str:
        """Take one of these words."""
        value = self._take(key, default)
        if value not in words:
            known = ", ".join(word for word in words if word)
            raise refused(self._at(key), f"is to be one of: {known}")
        return str(value)

    def flag(self, key: str) -> bool:
        """Take true or false."""
        value = self._take(key, False)
        if not isinstance(value, bool):
            raise refused(self._at(key), "is to be true or false")
        return value

    def number(self, key: str, default: float, lowest: float, highest: float) -> float:
        """Take a number within a range."""
        value = self._take(key, None)
        return default if value is None else self._checked(key, value, lowest, highest)

    def numbers(self, key: str) -> tuple[float, ...]:
        """Take a list of numbers."""
        values = self._take(key, [])
        if not isinstance(values, list) or len(values) > 64:
            raise refused(self._at(key), "is to be a list of numbers")
        return tuple(self._checked(key, value, -1e20, 1e20) for value in values)

    def _checked(self, key: str, value: Any, lowest: float, highest: float) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise refused(self._at(key), "is to be a number")
        if not math.isfinite(value) or not lowest <= value <= highest:
            raise refused(self._at(key), f"is to be between {lowest:g} and {highest:g}")
        return float(value)

    def whole(self, key: str, default: int, lowest: int, highest: int) -> int:
        """Take a whole number within a range."""
        found = self.optional_whole(key, lowest, highest)
        return default if found is None else found

    def optional_whole(self, key: str, lowest: int, highest: int) -> int | None:
        """Take a whole number, None where there is none."""
        value = self._take(key, None)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise refused(self._at(key), f"is to be a whole number from {lowest} to {highest}")
        return value

    def raw(self, key: str) -> bytes:
        """Take bytes; see `bytes_of`."""
        return self._raw_of(key, self._take(key, ""))

    def several_raw(self, key: str) -> tuple[bytes, ...]:
        """Take a list of bytes."""
        values = self._take(key, [])
        if not isinstance(values, list) or len(values) > 20:
            raise refused(self._at(key), "is to be a list of at most 20 commands")
        return tuple(self._raw_of(key, value) for value in values)

    def _raw_of(self, key: str, value: Any) -> bytes:
        if not isinstance(value, str) or len(value) > 400:
            raise refused(self._at(key), 'is to be a text, or "hex:80 01"')
        try:
            return bytes_of(value)
        except ValueError as error:
            raise refused(self._at(key), str(error)) from error

    def end(self) -> None:
        """Refuse what nobody asked for: a slip of the pen would be lost in silence."""
        if self._left:
            key = next(iter(self._left))
            raise refused(self.place, f"has “{key}”, which the desk does not know")

    def _at(self, key: str) -> str:
        return key if self.place == "the definition" else f"{self.place}, {key}"


def bytes_of(text: str) -> bytes:
    """Read bytes as a person writes them: ASCII text, or "hex:80 01".

    Errors: ValueError, in words.
    """
    if text.startswith("hex:"):
        try:
            return bytes.fromhex(text[4:])
        except ValueError:
            raise ValueError("is no hexadecimal: write pairs, as in hex:80 01") from None
    try:
        return text.encode("ascii")
    except UnicodeEncodeError:
        raise ValueError("has letters beyond ASCII: write them as hex:…") from None


def refused(place: str, why: str) -> LinkRefused:
    """Return the refusal of one entry."""
    return LinkRefused(
        f"The link definition cannot be used: {place} {why}.", to_do="Mend that entry."
    )
