"""The address of a source in its parts, and its options checked one by one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from cartech_desk.hardware.dyno.errors import BadSourceUrl


@dataclass(frozen=True, slots=True)
class SourceUrl:
    """`scheme:target?name=value&…`; `text` is the address as somebody wrote it."""

    scheme: str
    target: str
    options: Mapping[str, str]
    text: str

    def only(self, names: Collection[str]) -> None:
        """Refuse options of other names. Errors: BadSourceUrl."""
        for name in self.options:
            if name not in names:
                known = ", ".join(sorted(names)) or "none"
                raise BadSourceUrl(
                    f"“{self.scheme}” has no option “{name}”.", to_do=f"Its options: {known}."
                )

    def choice(self, name: str, choices: Collection[str], usual: str) -> str:
        """Return one of `choices`, `usual` where it is not given. Errors: BadSourceUrl."""
        chosen = self.options.get(name, usual)
        if chosen not in choices:
            raise BadSourceUrl(
                f"“{name}={chosen}” is no choice of “{self.scheme}”.",
                to_do="Use one of: " + ", ".join(choices) + ".",
            )
        return chosen

    def number(self, name: str, lowest: float, highest: float, usual: float) -> float:
        """Return a number within bounds, `usual` where it is not given. Errors: BadSourceUrl."""
        text = self.options.get(name)
        if text is None:
            return usual
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not lowest <= number <= highest:
            raise BadSourceUrl(
                f"“{name}={text}” of “{self.scheme}” cannot be used.",
                to_do=f"Give a number from {lowest:g} to {highest:g}.",
            )
        return number

    def whole(self, name: str, lowest: int, highest: int, usual: int) -> int:
        """Return a whole number within bounds. Errors: BadSourceUrl."""
        number = self.number(name, lowest, highest, usual)
        if number != int(number):
            raise BadSourceUrl(
                f"“{name}={self.options[name]}” of “{self.scheme}” cannot be used.",
                to_do=f"Give a whole number from {lowest} to {highest}.",
            )
        return int(number)


_HOW: Final = (
    "Use for example jetdrive://224.0.2.10:22344, magtrol:/dev/ttyUSB0 or "
    "innovate:tcp://192.168.0.20:2000 (cartech-desk dyno sources lists every kind)."
)


def read_source_url(text: str) -> SourceUrl:
    """Take an address apart; whether its scheme is known is not looked at. Errors: BadSourceUrl."""
    scheme, colon, rest = text.strip().partition(":")
    target, _, query = rest.partition("?")
    if not colon or not scheme.isalnum():
        raise BadSourceUrl(f"“{text}” is no address of a source.", to_do=_HOW)
    pairs = parse_qsl(query, keep_blank_values=True)
    if query and not pairs:
        raise BadSourceUrl(
            f"The options “{query}” of the address cannot be read.",
            to_do="Write them as ?name=value&name=value.",
        )
    return SourceUrl(scheme.lower(), target, dict(pairs), text)


def unknown_scheme(url: SourceUrl) -> BadSourceUrl:
    """Return the refusal of a scheme that no source has."""
    return BadSourceUrl(f"There is no kind of source “{url.scheme}”.", to_do=_HOW)
