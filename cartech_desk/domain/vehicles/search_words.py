"""How words are compared when something is looked for: plates, names, VINs, phone numbers.

Everything is folded to small letters and digits without accents before it is kept or looked for,
so that "M-AB 1234", "mab 1234" and "MAB1234" are one plate.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

LONGEST: Final = 40
"""Most characters of one word that count."""
MOST_TYPED: Final = 8
"""So many of the words that are typed count."""
_WORD: Final = re.compile(r"[^\W_]+")
_DIGIT: Final = re.compile(r"\d")
_VIN: Final = 17
_VIN_END: Final = 8
_PLATE: Final = 10
_PLATE_LETTERS: Final = 6
"""As many letters stand before the number of a plate: three of the place and two, or FFB-ABC."""
_PLATE_GROUP: Final = re.compile(r"[^\W\d_]{1,3}|(?=\D*\d)[^\W_]{1,4}|\d{4}[^\W\d_]")
_SPELT_OUT: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae", "œ": "oe"}
)
_PLAIN: Final = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d"})
_SHORTEST_PHONE: Final = 6
_ONE_DIGIT_CODES: Final = frozenset("17")
_TWO_DIGIT_CODES: Final = frozenset(
    str(code)
    for first, last in ((30, 34), (39, 41), (43, 49), (51, 58), (60, 66), (90, 95), (81, 82))
    for code in range(first, last + 1)
) | {"20", "27", "36", "84", "86", "98"}
"""Country codes of one and of two digits (ITU-T E.164); all others have three."""
_PHONE_DIGITS: Final = 9
"""By the last so many digits numbers are the same, with a country's code or without."""


def folded(text: str) -> str:
    """Return a text as it is compared: small letters without accents."""
    if text.isascii():
        return text.lower()
    small = unicodedata.normalize("NFKC", text).casefold()
    plain = unicodedata.normalize("NFKD", small)
    return "".join(one for one in plain if not unicodedata.combining(one)).translate(_PLAIN)


def words_typed(text: str) -> tuple[str, ...]:
    """Return the words of what was typed, at most eight."""
    found = _WORD.findall(folded(text[:400]))
    return tuple(word[:LONGEST] for word in found[:MOST_TYPED])


def compact(text: str) -> str:
    """Return letters and digits alone: a plate, a VIN, a number whatever its blanks and dashes."""
    return "".join(_WORD.findall(folded(text)))


plate_key = compact


def phone_key(text: str) -> str:
    """Return the digits by which a phone number is the same as another, empty for too few.

    Country codes (ITU-T E.164) and leading zeros differ by who writes them down; the last nine
    digits of what is left do not.
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    digits = "".join(one for one in typed if one.isdecimal())
    if typed.startswith("+"):
        digits = digits[_code_length(digits) :]
    elif digits.startswith("00"):
        digits = digits[2 + _code_length(digits[2:]) :]
    kept = digits.lstrip("0")[-_PHONE_DIGITS:]
    return kept if len(kept) >= _SHORTEST_PHONE else ""


def _code_length(digits: str) -> int:
    """Return how many digits of an international number are its country's."""
    if digits[:1] in _ONE_DIGIT_CODES:
        return 1
    return 2 if digits[:2] in _TWO_DIGIT_CODES else 3


def without_spelling(text: str) -> str:
    """Return letters in which ä and ae, ö and oe, ü and ue are the same."""
    small = folded(text)
    return small.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def words_kept(*texts: str) -> str:
    """Return all words that a thing is found by, each once, in the order in which they come.

    Words that hang together by a dash, a dot or a slash ("M-AB", "0.5.1") are kept whole too, and
    so are short groups that make a plate or a phone number; ä, ö and ü also as ae, oe and ue; of a
    VIN its last eight characters, which people read out.
    """
    found: dict[str, None] = {}
    for text in texts:
        small = unicodedata.normalize("NFC", text).casefold()
        for version in dict.fromkeys((folded(text), folded(small.translate(_SPELT_OUT)))):
            chunks = [(_WORD.findall(chunk)) for chunk in version.split()]
            for parts in chunks:
                whole = "".join(parts)
                for word in (whole, *parts):
                    found[word[:LONGEST]] = None
                if len(whole) == _VIN:
                    found[whole[-_VIN_END:]] = None
            for word in _joined(chunks):
                found[word] = None
    found.pop("", None)
    return " ".join(found)


def _joined(parted: list[list[str]]) -> Iterator[str]:
    """Two or three short groups that hold a digit, as plates do, and all digits of a number."""
    groups = [parts for parts in parted if parts]
    chunks = ["".join(parts) for parts in groups]
    for at in range(len(chunks) - 1):
        for many in (2, 3):
            group = chunks[at : at + many]
            whole = "".join(group)
            short = all(map(_of_plate, groups[at : at + many])) and len(whole) <= _PLATE
            if len(group) == many and short and _DIGIT.search(whole):
                yield whole
    digits = ""
    for chunk in [*chunks, ""]:
        if chunk.isdecimal():
            digits += chunk
        else:
            if _SHORTEST_PHONE <= len(digits) <= LONGEST:
                yield digits
                yield phone_key(digits)
            digits = ""


def _of_plate(parts: list[str]) -> bool:
    """Tell whether a group may be of a plate: short, or letters in two short halves (FFB-AB)."""
    whole = "".join(parts)
    return len(whole) <= _PLATE_LETTERS and all(map(_PLATE_GROUP.fullmatch, parts))
