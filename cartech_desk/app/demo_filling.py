"""Filling the demo's office while its window is open: one thread that ends with it."""

import logging
import threading
from typing import Final

from cartech_desk.domain.errors import CarTechError
from cartech_desk.office.office import Office

_FIRST_S: Final = 1.0
"""The window is there by then."""
_JOIN_S: Final = 2.0

_LOG = logging.getLogger(__name__)


class DemoFilling:
    """One thread, from `start` to `stop`; what is broken off goes on at the next start."""

    def __init__(self, office: Office, *, first_s: float = _FIRST_S) -> None:
        self._office = office
        self._first_s = first_s
        self._told = threading.Event()
        self._thread = threading.Thread(target=self._run, name="demo-filling", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after what is being written at this moment."""
        self._told.set()
        if self._thread.is_alive():
            self._thread.join(_JOIN_S)

    def _run(self) -> None:
        if self._told.wait(self._first_s):
            return
        from cartech_desk.office.demo_shop import fill

        try:
            filled = fill(self._office, stop=self._told)
        except CarTechError as error:
            if not self._told.is_set():
                _LOG.warning("the demo's shop could not be filled: %s", error)
        except Exception:
            if not self._told.is_set():
                _LOG.exception("bug while filling the demo's shop")
        else:
            if filled.jobs:
                _LOG.info("demo shop filled: %s", filled)
