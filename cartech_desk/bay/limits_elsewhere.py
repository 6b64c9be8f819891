"""Notices that another process changed the limits in force, such as a command beside the window."""

import logging
from collections.abc import Callable
from typing import Final

LOOK_NS: Final = 1_500_000_000
"""How often it is looked for that: a glance of a millisecond, in no thread that reads a car."""

_log = logging.getLogger(__name__)


class LimitsElsewhere:
    """Compares what the store tells of a vehicle's limits with what it told when they were read.

    `state` returns what changes with them (`LimitStore.state`). All but `due` may wait for the
    disk.
    """

    def __init__(self, state: Callable[[str], object]) -> None:
        self._state = state
        self._seen: object = None
        self._looked_ns = 0

    def due(self, now_ns: int) -> bool:
        """Tell whether it is time to look, once each time that it is."""
        if now_ns - self._looked_ns < LOOK_NS:
            return False
        self._looked_ns = now_ns
        return True

    def seen(self, vehicle_id: str) -> None:
        """Note that the limits are being read now."""
        self._seen = self._read(vehicle_id)

    def changed(self, vehicle_id: str) -> bool:
        """Tell whether they are to be read anew; False also where that cannot be told."""
        now = self._read(vehicle_id)
        return now is not None and now != self._seen

    def _read(self, vehicle_id: str) -> object:
        try:
            return self._state(vehicle_id)
        except Exception as error:  # whoever reads the limits themselves tells what is wrong
            _log.info("it cannot be seen whether limits were changed: %r", error)
            return None
