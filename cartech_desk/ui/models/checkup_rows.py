"""Earlier check-ups in a list: what each row says."""

from typing import Final

from cartech_desk.store.checkups import CheckupKind, CheckupSummary
from cartech_desk.ui.models.fault_shown import KINDS
from cartech_desk.ui.models.value_scale import DASH
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.words import counted

COLUMNS: Final = ("Taken", "What", "Found", "Engine lamp", "Codes", "By", "Note")
_CODES_SHOWN: Final = 6


def found_words(summary: CheckupSummary) -> tuple[State, str]:
    """Say with shape, colour and words what a check-up found; never more than the car said."""
    if summary.codes:
        number = counted(len(summary.codes), "code")
        whole = number if summary.complete else f"at least {number}"
        return (State.TRIP if summary.mil else State.WARNING), whole
    if summary.clean:
        return State.CONNECTED, "no codes"
    return State.WARNING, "not known" if summary.complete else "not read to the end"


def lamp_word(lit: bool | None) -> str:
    """Say how the lamp stood."""
    return DASH if lit is None else ("lit" if lit else "off")


def cells(summary: CheckupSummary) -> tuple[str, ...]:
    """Return the texts of a row; the time is absolute, so that a copied row stays true."""
    codes = ", ".join(summary.codes[:_CODES_SHOWN])
    if len(summary.codes) > _CODES_SHOWN:
        codes += f" and {len(summary.codes) - _CODES_SHOWN} more"
    return (
        f"{summary.taken.astimezone():%Y-%m-%d %H:%M}",
        KINDS[CheckupKind(summary.kind)],
        found_words(summary)[1],
        lamp_word(summary.mil),
        codes or DASH,
        summary.operator or DASH,
        summary.note,
    )
