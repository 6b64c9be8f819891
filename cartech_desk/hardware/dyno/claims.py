"""One owner for each wire: two sources of this desk never read from one port."""

import threading
from typing import Final

from cartech_desk.hardware.adapter import Adapter
from cartech_desk.hardware.errors import PortBusy

_lock: Final = threading.Lock()
_claims: Final[dict[str, object]] = {}


def claim(wire: str, owner: object) -> None:
    """Take a wire for `owner`, who may hold it already. Errors: PortBusy."""
    with _lock:
        holder = _claims.get(wire)
        if (holder is None or holder is owner) and not Adapter.holds(wire):
            _claims[wire] = owner
            return
    raise PortBusy(
        f"{wire} is already in use by this desk.",
        to_do="Disconnect what uses it (an adapter or another source) first.",
    )


def release(wire: str, owner: object) -> None:
    """Let a wire go; nothing happens where `owner` does not hold it."""
    with _lock:
        if _claims.get(wire) is owner:
            del _claims[wire]
