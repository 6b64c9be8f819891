"""What an adapter says about itself or the bus instead of an answer.

Meanings: ELM327 data sheet, "Error Messages and Alerts"; STN1100 family reference and programming
manual, "Error messages".
"""

import re
from enum import Enum
from typing import Final


class Status(Enum):
    """A line by which the adapter says how it fared."""

    SEARCHING = "SEARCHING"
    BUS_INIT_OK = "BUS INIT: OK"
    BUS_INIT = "BUS INIT"
    OK = "OK"
    NO_DATA = "NO DATA"
    UNABLE_TO_CONNECT = "UNABLE TO CONNECT"
    BUS_INIT_ERROR = "BUS INIT: ERROR"
    CAN_ERROR = "CAN ERROR"
    BUS_BUSY = "BUS BUSY"
    BUS_ERROR = "BUS ERROR"
    FEEDBACK_ERROR = "FB ERROR"
    DATA_ERROR = "DATA ERROR"
    RX_ERROR = "RX ERROR"
    BUFFER_FULL = "BUFFER FULL"
    OUT_OF_MEMORY = "OUT OF MEMORY"
    STOPPED = "STOPPED"
    LOW_VOLTAGE_RESET = "LV RESET"
    ACTIVITY_ALERT = "ACT ALERT"
    LOW_POWER_ALERT = "LP ALERT"
    INTERNAL_ERROR = "ERR"
    UNKNOWN_COMMAND = "?"


HARMLESS: Final = frozenset(
    {Status.SEARCHING, Status.BUS_INIT, Status.BUS_INIT_OK, Status.OK, Status.NO_DATA}
)
"""Statuses that say nothing bad about the frames around them."""

RESET: Final = frozenset({Status.LOW_VOLTAGE_RESET, Status.LOW_POWER_ALERT})
"""Statuses after which the adapter has forgotten, or is about to forget, how it was set up."""

_WHOLE_LINES: Final[tuple[tuple[re.Pattern[str], Status], ...]] = tuple(
    (re.compile(pattern), status)
    for pattern, status in (
        (r"SEARCHING\.*", Status.SEARCHING),
        (r"BUSINIT:?\.*OK", Status.BUS_INIT_OK),
        (r"BUSINIT:?\.*ERROR", Status.BUS_INIT_ERROR),
        (r"BUSINIT:?\.*", Status.BUS_INIT),
        (r"OK", Status.OK),
        (r"NODATA", Status.NO_DATA),
        (r"UNABLETOCONNECT", Status.UNABLE_TO_CONNECT),
        (r"CANERROR", Status.CAN_ERROR),
        (r"BUSBUSY", Status.BUS_BUSY),
        (r"BUSERROR", Status.BUS_ERROR),
        (r"FBERROR", Status.FEEDBACK_ERROR),
        (r"<?DATAERROR", Status.DATA_ERROR),
        (r"<?RXERROR", Status.RX_ERROR),
        (r"BUFFERFULL", Status.BUFFER_FULL),
        (r"OUTOFMEMORY", Status.OUT_OF_MEMORY),
        (r"STOPPED", Status.STOPPED),
        (r"LVRESET", Status.LOW_VOLTAGE_RESET),
        (r"!?ACTALERT", Status.ACTIVITY_ALERT),
        (r"!?LPALERT", Status.LOW_POWER_ALERT),
        (r"ERR[0-9]{2}", Status.INTERNAL_ERROR),
        (r"\?", Status.UNKNOWN_COMMAND),
    )
)

_HEX_DIGITS: Final = frozenset("0123456789ABCDEF")

_INSIDE: Final[tuple[tuple[str, Status], ...]] = (
    ("DATAERROR", Status.DATA_ERROR),
    ("RXERROR", Status.RX_ERROR),
    ("CANERROR", Status.CAN_ERROR),
    ("BUSERROR", Status.BUS_ERROR),
    ("BUSBUSY", Status.BUS_BUSY),
    ("FBERROR", Status.FEEDBACK_ERROR),
    ("BUFFERFULL", Status.BUFFER_FULL),
    ("STOPPED", Status.STOPPED),
    ("NODATA", Status.NO_DATA),
    ("LVRESET", Status.LOW_VOLTAGE_RESET),
)


def whole_line(compact: str) -> Status | None:
    """Read a line without spaces, in capitals, as a status; None when it is none."""
    if _HEX_DIGITS.issuperset(compact):
        return None  # nearly every line is data: no need to compare it with all the others
    for pattern, status in _WHOLE_LINES:
        if pattern.fullmatch(compact):
            return status
    return None


def inside_line(compact: str) -> Status | None:
    """Find an error text that broke into a line of data (`7E8 06 41 <DATA ERROR`)."""
    for words, status in _INSIDE:
        if words in compact:
            return status
    return None
