"""The face of everything that is printed: Roboto, embedded; how wide words are in it.

Measuring is the same for every back end, so that a page is laid out once. Without the package
`font-roboto` the PDF's own Helvetica serves.
"""

from functools import cache, lru_cache
from typing import Final

_SIZE: Final = 1000.0
_MISSING: Final = "\ufffd"


@cache
def faces() -> tuple[str, str]:
    """Return reportlab's names of the plain and the bold face, registered."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    try:
        from font_roboto import font_files
    except ImportError:
        return "Helvetica", "Helvetica-Bold"
    for name in ("Roboto", "RobotoMedium"):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, font_files[name]))
    return "Roboto", "RobotoMedium"


def width(words: str, size: float, *, bold: bool = False) -> float:
    """Return how wide words are at this height of type, in the unit of `size`."""
    return _width(words, bold) * size / _SIZE


@lru_cache(maxsize=8192)
def _width(words: str, bold: bool) -> float:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(stringWidth(words, faces()[bold], _SIZE))


def shown(words: str) -> str:
    """Return words of one line with what the face cannot show replaced by its sign for that.

    Ends of lines and tabulators become blanks, control characters are shown as missing.
    """
    line = " ".join(words.split())
    known = _letters()
    if known is None:
        return line.encode("cp1252", "replace").decode("cp1252")
    return "".join(letter if ord(letter) in known else _MISSING for letter in line)


def unprintable(words: str) -> str:
    """Return the letters of words that `shown` replaces, each once, in their order."""
    if words.isascii():
        return ""
    known = _letters()
    line = dict.fromkeys("".join(words.split()))
    if known is None:
        return "".join(one for one in line if not one.encode("cp1252", "ignore"))
    return "".join(one for one in line if ord(one) not in known)


@cache
def _letters() -> frozenset[int] | None:
    from reportlab.pdfbase import pdfmetrics

    found = getattr(getattr(pdfmetrics.getFont(faces()[0]), "face", None), "charToGlyph", None)
    return frozenset(found) if found else None


def fitted(words: str, size: float, most: float, *, bold: bool = False) -> str:
    """Return words cut with an ellipsis to fit `most`."""
    if width(words, size, bold=bold) <= most:
        return words
    short, long = 0, len(words)
    while short < long:
        middle = (short + long + 1) // 2
        if width(words[:middle].rstrip() + "…", size, bold=bold) <= most:
            short = middle
        else:
            long = middle - 1
    return words[:short].rstrip() + "…"


def wrapped(words: str, size: float, most: float, *, bold: bool = False) -> list[str]:
    """Return words as lines that fit `most`; a word that is too long for a line is parted.

    Ends of lines in the words stay; empty ones too, but for those at the end.
    """
    lines: list[str] = []
    for paragraph in words.rstrip().splitlines() or [""]:
        line = ""
        for word in shown(paragraph).split(" "):
            longer = f"{line} {word}" if line else word
            if width(longer, size, bold=bold) <= most:
                line = longer
                continue
            if line:
                lines.append(line)
            line = word
            while len(line) > 1 and width(line, size, bold=bold) > most:
                head = _head(line, size, most, bold)
                lines.append(line[:head])
                line = line[head:]
        lines.append(line)
    return lines


def _head(word: str, size: float, most: float, bold: bool) -> int:
    """Return how many letters of a word fit, at least one."""
    short, long = 1, len(word)
    while short < long:
        middle = (short + long + 1) // 2
        if width(word[:middle], size, bold=bold) <= most:
            short = middle
        else:
            long = middle - 1
    return short
