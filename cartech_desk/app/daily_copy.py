"""The daily copy: one thread that sees to it that each day has its backup."""

import logging
import threading
from typing import Final

from cartech_desk.app.settings import SettingsFile
from cartech_desk.domain.errors import CarTechError
from cartech_desk.office.office import Office

_FIRST_S: Final = 90.0
"""The start and the first connection are over by then."""
_LOOK_S: Final = 600.0
_JOIN_S: Final = 1.0

_LOG = logging.getLogger(__name__)


class DailyCopy:
    """One thread, from `start` to `stop`. What goes wrong stands in `office.backups.problem`."""

    def __init__(
        self,
        office: Office,
        settings: SettingsFile,
        *,
        first_s: float = _FIRST_S,
        look_s: float = _LOOK_S,
    ) -> None:
        self._office = office
        self._settings = settings
        self._first_s = first_s
        self._look_s = look_s
        self._told = threading.Event()
        self._thread = threading.Thread(target=self._run, name="daily-copy", daemon=True)
        self._problem = ""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; a copy that is being made is given up, and nothing is left of it."""
        self._told.set()
        if self._thread.is_alive():
            self._thread.join(_JOIN_S)

    def _run(self) -> None:
        wait_s = self._first_s
        swept = False
        while not self._told.wait(wait_s):
            if not swept:
                self._office.backups.sweep()
                self._office.vehicles.sweep_attachments()
                swept = True
            self._look()
            wait_s = self._look_s

    def _look(self) -> None:
        wish = self._settings.values.backup
        if not wish.daily:
            self._office.backups.no_daily()
            return
        if not self._office.people.founded():
            return
        from cartech_desk.store.backup import Ended

        try:
            made = self._office.backups.daily(
                self._office.backups.folder(wish.folder),
                settings=self._settings.path,
                logo=self._settings.values.sheets.logo,
                keep_days=wish.keep_days,
                keep_weeks=wish.keep_weeks,
                go_on=lambda _share: not self._told.is_set(),
            )
        except Ended:
            return
        except CarTechError as error:
            if str(error) != self._problem:  # said once, not every ten minutes
                _LOG.warning("the daily copy could not be made: %s", error)
            self._problem = str(error)
        except Exception:
            if not self._told.is_set():
                _LOG.exception("bug while making the daily copy")
        else:
            self._problem = ""
            if made is not None:
                _LOG.info("daily copy made: %s, %d bytes", made.path, made.bytes)
