"""Alarms of an earlier run of the desk that nobody ever acknowledged: how many, for whoever asks.

A desk that was closed or cut off ends what stands in its history; nothing of it is in the bay's
picture any more, and somebody has to see it all the same.
"""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from cartech_desk.domain.errors import CarTechError
from cartech_desk.store.alarms import AlarmQuery
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.newest_only import NewestOnly

_EVERY_MS: Final = 15_000
"""The command line may acknowledge them too, and the start ends those of the last run itself."""


class FormerAlarms(QObject):
    """Counts them in the background, once asked and then now and again."""

    changed = Signal(int)

    def __init__(self, desk: DeskParts, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self.count = 0
        self._work = NewestOnly(self, self._not_read)
        self._again = QTimer(self)
        self._again.setInterval(_EVERY_MS)
        self._again.timeout.connect(self.read)

    def read(self) -> None:
        """Count them anew."""
        if not self._again.isActive():
            self._again.start()
        alarms = self._desk.store.alarms
        self._work.ask(lambda: alarms.count(AlarmQuery(never_acknowledged=True)), self._came)

    def _came(self, count: int) -> None:
        if count != self.count:
            self.count = count
            self.changed.emit(count)

    def _not_read(self, error: BaseException) -> None:
        """Leave it for the next time; the banner of the alarms tells what cannot be read."""
        if not isinstance(error, CarTechError):
            raise error

    @property
    def words(self) -> str:
        """Say how many there are; empty for none."""
        return former_words(self.count)


def former_words(count: int) -> str:
    """Say how many alarms of before were never acknowledged; empty for none."""
    if not count:
        return ""
    if count == 1:
        return "1 alarm of before the desk was closed was never acknowledged"
    return f"{count} alarms of before the desk was closed were never acknowledged"
