"""Reading one option of a simulated car or dyno from the text of an address or a command line."""

from collections.abc import Callable, Mapping

from cartech_desk.hardware.errors import BadAdapterUrl

CAR = "car"
DYNO = "dyno"


def refused(name: str, text: str, wanted: str, what: str = CAR) -> BadAdapterUrl:
    """Return the error for a value that cannot be; `wanted` is a sentence that says what can."""
    return BadAdapterUrl(f"“{text}” cannot be the {name} of a simulated {what}.", to_do=wanted)


def number(least: float, most: float, what: str = CAR) -> Callable[[str, str], float]:
    """Return a reader of numbers from `least` to `most`."""

    def read(name: str, text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            raise refused(name, text, f"Give a number from {least:g} to {most:g}.", what)
        return value

    return read


def integer(least: int, most: int, what: str = CAR) -> Callable[[str, str], int]:
    """Return a reader of whole numbers from `least` to `most`."""

    def read(name: str, text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise refused(name, text, f"Give a whole number from {least} to {most}.", what)
        return value

    return read


def one_of(names: Callable[[], Mapping[str, object]], what: str = CAR) -> Callable[[str, str], str]:
    """Return a reader of one of these names."""

    def read(name: str, text: str) -> str:
        if text not in names():
            raise refused(name, text, f"Use one of {', '.join(names())}.", what)
        return text

    return read


def switch(name: str, text: str, what: str = CAR) -> bool:
    """Read on or off."""
    values = {"1": True, "on": True, "yes": True, "0": False, "off": False, "no": False}
    if text.lower() not in values:
        raise refused(name, text, "Use on or off.", what)
    return values[text.lower()]
