"""Reads the pages' modules in before anybody presses for them, while nobody needs the desk.

The first opening of a page reads its modules, a quarter of a second for some. Once the window has
been idle for a second they are read one after the other, each in a moment of its own, so that a
key or a press never waits for more than one of them. Nothing is read while a car is recorded or a
run is driven, and nothing before the window stands.
"""

import logging
import re
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from PySide6.QtCore import QObject, QTimer

from cartech_desk.bay.dyno_status import Phase
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.pages.index import PAGES
from cartech_desk.ui.shell.idle import Idle

_LOG = logging.getLogger(__name__)

_IDLE_S: Final = 1.0
_NEXT_MS: Final = 10
"""Between two modules the window has its turn."""
_LATER_MS: Final = 3_000
_OURS: Final = "cartech_desk"
_IMPORT: Final = re.compile(r"^(?:from ([\w.]+) import|import ([\w.]+)(?: as \w+)?$)", re.MULTILINE)
_FIRST: Final = ("dyno", "faults", "recordings", "jobs", "calendar")
"""Pages whose modules take the longest."""


class ReadingAhead(QObject):
    """`start()` begins once the window stands; it ends by itself when all is read."""

    def __init__(self, desk: DeskParts, idle: Idle, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._idle = idle
        places = {entry.key: entry.place.partition(":")[0] for entry in PAGES}
        order = dict.fromkeys((*_FIRST, *places))
        self._steps = steps([places[key] for key in order if key in places])
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._read)

    def start(self) -> None:
        """Wait until the window is idle, then read."""
        self._timer.start(round(1000 * _IDLE_S))

    @property
    def done(self) -> bool:
        """Whether nothing is left to be read."""
        return not self._timer.isActive()

    def _read(self) -> None:
        quiet = self._idle.seconds
        if quiet < _IDLE_S:
            self._timer.start(round(1000 * (_IDLE_S - quiet)) + 1)
            return
        if self._needed():
            self._timer.start(_LATER_MS)
            return
        name = next(self._steps, None)
        if name is None:
            return
        try:
            if name:
                import_module(name)
        except Exception:
            # Whoever opens the page is told of it; to read ahead is no reason to disturb anybody.
            _LOG.warning("%s could not be read ahead", name, exc_info=True)
        self._timer.start(_NEXT_MS)

    def _needed(self) -> bool:
        """Tell whether the bay needs the machine: a recording, or a run that is driven."""
        snapshot = self._desk.bay.snapshot()
        return bool(snapshot.recording.id) or snapshot.dyno.phase in (Phase.RUNNING, Phase.SAVING)


def steps(names: Sequence[str]) -> Iterator[str]:
    """Yield the modules to be read for these, what others need before them; each alone is short.

    What was read meanwhile is left out. An empty name stands for a moment in which only the text
    of a module was looked at.
    """
    for name in names:
        yield from _steps_of(name, set())


def _steps_of(name: str, under_way: set[str]) -> Iterator[str]:
    if name in sys.modules or name in under_way:
        return
    under_way.add(name)
    wanted = imports_of(name)
    yield ""
    for needed in wanted:
        yield from _steps_of(needed, under_way)
    if name not in sys.modules:
        yield name


def imports_of(name: str) -> tuple[str, ...]:
    """Return the modules that one of ours imports as it is read, those of others by their package.

    None where its text is not there: a frozen program holds no texts, and a page's modules are
    read together.
    """
    if name.partition(".")[0] != _OURS:
        return ()
    try:
        spec = find_spec(name)
        get_source = getattr(spec.loader, "get_source", None) if spec is not None else None
        text = get_source(name) if get_source is not None else None
    except (ImportError, OSError, ValueError):
        return ()
    # What stands further in is for type checkers, or for those who call it.
    found = (one or other for one, other in _IMPORT.findall(text or ""))
    return tuple(dict.fromkeys(one for one in found if one not in sys.modules))
