"""Passwords: which are taken, how they are kept (bcrypt), and how one is proved."""

import unicodedata
from collections.abc import Iterable
from typing import Any, Final

from cartech_desk.domain.plain_text import printable

COST: Final = 12
"""Rounds of bcrypt as a power of two: about a quarter of a second."""
LEAST: Final = 10
"""Fewest characters of a password."""
MOST_BYTES: Final = 72
"""bcrypt reads no further; what is longer is refused, not cut."""
SCORE: Final = 3
"""Least score of zxcvbn (0 to 4): safe from guesses at the desk, moderate ones at the hash."""
_WORD: Final = 3
"""Shorter parts of names occur in anything."""

_ADVICE: Final = {
    "user_inputs": "It is made of your name, your e-mail address or the shop's name.",
    "passwords": "It is built on one of the passwords that are tried first.",
    "names": "It is built on names, which are guessed soon.",
    "words": "It is built on common words.",
    "spatial": "Keys that lie side by side are guessed soon.",
    "repeat": "It repeats itself.",
    "sequence": "Letters or digits in their usual order are guessed soon.",
    "date": "Dates are guessed soon.",
    "regex": "Years are guessed soon.",
    "": "It is too easy to guess.",
}
_NAMES: Final = frozenset({"male_names", "female_names", "surnames"})
_MEND: Final = "Take three or four words that have nothing to do with each other or with you."


def folded(password: str) -> str:
    """Return a password in the one form in which it is hashed, whatever the keyboard sent."""
    return unicodedata.normalize("NFC", password)


def hashed(password: str, cost: int = COST) -> str:
    """Hash a password that has no weakness."""
    import bcrypt

    return bcrypt.hashpw(folded(password).encode(), bcrypt.gensalt(cost)).decode()


def matches(password: str, password_hash: str) -> bool:
    """Tell whether this is the password; takes the same time for every wrong one."""
    import bcrypt

    given = folded(password).encode("utf-8", "surrogatepass")
    possible = len(given) <= MOST_BYTES and b"\x00" not in given
    right = bcrypt.checkpw(given if possible else b"\x01", password_hash.encode())
    return right and possible


def nobodys(cost: int = COST) -> str:
    """Return the hash of no password, to be tried where there is nobody: takes as long."""
    return f"$2b${cost:02d}${'.' * 22}{'.' * 31}"


def weakness(password: str, personal: Iterable[str] = ()) -> str:
    """Say why a password is not taken and, in a second line, what to do; empty where it is.

    `personal` are names and addresses that must not carry it.
    """
    given = folded(password)
    if not given:
        return f"The password is empty.\n{_MEND}"
    if not printable(given):
        return "The password holds characters that no keyboard types.\nType it anew."
    if len(given) < LEAST:
        return f"The password has fewer than {LEAST} characters.\n{_MEND}"
    if len(given.encode()) > MOST_BYTES:
        return (
            f"The password is longer than {MOST_BYTES} bytes (letters beyond the plain ones count "
            "two to four).\nTake a shorter one."
        )
    words = sorted(_words(personal), key=len, reverse=True)
    found = _judged(given, words)
    if found["score"] < SCORE:
        return f"The password is too easy to guess. {_ADVICE[_fault(found)]}\n{_MEND}"
    rest = given.casefold()
    for word in words:
        rest = rest.replace(word, "")
    if rest != given.casefold() and (not rest or _judged(rest, ())["score"] < SCORE):
        return f"The password is too easy to guess. {_ADVICE['user_inputs']}\n{_MEND}"
    return ""


def _words(personal: Iterable[str]) -> set[str]:
    """Return the texts, and the parts of each, that somebody who knows them would try."""
    words = set()
    for text in personal:
        whole = text.casefold().strip()
        parts = "".join(letter if letter.isalnum() else " " for letter in whole).split()
        words |= {each for each in (whole, "".join(parts), *parts) if len(each) >= _WORD}
    return words


def _judged(password: str, personal: Iterable[str]) -> dict[str, Any]:
    from zxcvbn import zxcvbn

    judged: dict[str, Any] = zxcvbn(password, user_inputs=list(personal))
    return judged


def _fault(found: dict[str, Any]) -> str:
    """Name the pattern that takes most of the password."""
    patterns = [each for each in found["sequence"] if each["pattern"] != "bruteforce"]
    if not patterns:
        return ""
    worst = max(patterns, key=lambda each: len(each["token"]))
    if worst["pattern"] != "dictionary":
        return str(worst["pattern"])
    name = str(worst["dictionary_name"])
    if name in ("user_inputs", "passwords"):
        return name
    return "names" if name in _NAMES else "words"
