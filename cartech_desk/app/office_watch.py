"""What the office does by itself: verifies the audit log after the start, follows who is here."""

import logging
import threading
from typing import Final

from cartech_desk.domain.errors import CarTechError
from cartech_desk.office.office import Office

_FIRST_S: Final = 1.5
"""The start itself is over by then."""
_LOOK_S: Final = 2.0
"""How soon the desk follows what another program decided on the person at it."""
_JOIN_S: Final = 1.0

_LOG = logging.getLogger(__name__)


class OfficeWatch:
    """One thread, from `start` to `stop`."""

    def __init__(
        self, office: Office, *, first_s: float = _FIRST_S, look_s: float = _LOOK_S
    ) -> None:
        self._office = office
        self._first_s = first_s
        self._look_s = look_s
        self._told = threading.Event()
        self._thread = threading.Thread(target=self._run, name="office-watch", daemon=True)
        self._problem = ""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; a verification that takes longer ends with the program."""
        self._told.set()
        self._thread.join(_JOIN_S)

    def _run(self) -> None:
        if self._told.wait(self._first_s):
            return
        self._verify()
        self._settle()
        while not self._told.wait(self._look_s):
            self._follow()

    def _verify(self) -> None:
        try:
            verdict = self._office.audit.verify()
        except CarTechError as error:
            if not self._told.is_set():
                _LOG.warning("the audit log could not be verified: %s", error)
            return
        except Exception:
            if not self._told.is_set():
                _LOG.exception("bug while the audit log was verified")
            return
        if verdict.ok:
            _LOG.info("audit log verified: %d records", verdict.records)
        else:
            _LOG.error(
                "audit log broken at record %s: %s", verdict.first_bad_sequence, verdict.problem
            )

    def _settle(self) -> None:
        try:
            self._office.audit.settle()
        except CarTechError as error:
            _LOG.warning("exports of the audit log that were cut short wait: %s", error)
        except Exception:
            if not self._told.is_set():
                _LOG.exception("bug while settling exports of the audit log")

    def _follow(self) -> None:
        try:
            self._office.people.refresh()
        except CarTechError as error:
            told = str(error)
            if told != self._problem and not self._told.is_set():
                _LOG.warning("who is at the desk could not be looked up: %s", told)
            self._problem = told
        except Exception:
            if not self._told.is_set():
                _LOG.exception("bug while looking up who is at the desk")
        else:
            self._problem = ""
