"""The daily copy: sees to it that each day has its backup."""

import logging
from typing import ClassVar

from cartech_desk.app.settings import SettingsFile
from cartech_desk.app.upkeep import Upkeep
from cartech_desk.domain.errors import CarTechError
from cartech_desk.office.office import Office

_LOG = logging.getLogger(__name__)


class DailyCopy(Upkeep):
    """Looks every ten minutes. Why no copy could be made stands in `office.backups.problem`.

    A copy that is being made at the stop is given up, and nothing is left of it.
    """

    name: ClassVar[str] = "Daily copy"
    doing: ClassVar[str] = "making the daily copy"

    first_s: ClassVar[float] = 90.0
    """The start and the first connection are over by then."""
    look_s: ClassVar[float] = 600.0

    def __init__(self, office: Office, settings: SettingsFile, **pace: float) -> None:
        super().__init__(**pace)
        self._office = office
        self._settings = settings
        self._swept = False

    def troubles(self) -> dict[str, CarTechError]:
        """Return what went wrong, but what `office.backups.problem` says already."""
        return {} if self._office.backups.problem else super().troubles()

    def _work(self) -> bool:
        try:
            self._sweep()
        finally:
            self._copy()
        return False

    def _sweep(self) -> None:
        """Remove once what backups and photos that were broken off left behind."""
        if not self._swept:
            self._office.backups.sweep()
            self._office.vehicles.sweep_attachments()
            self._swept = True

    def _copy(self) -> None:
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
        if made is not None:
            _LOG.info("daily copy made: %s, %d bytes", made.path, made.bytes)
