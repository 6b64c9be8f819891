"""What the desk does by itself: a thread for each, from `start` to `stop`."""

import logging
import threading
from collections.abc import Iterable, Mapping
from typing import ClassVar, Final, Protocol

from cartech_desk.app.log import log_file
from cartech_desk.domain.errors import CarTechError

_JOIN_S: Final = 1.0

_LOG = logging.getLogger(__name__)


class DeskFault(CarTechError):
    """A mistake of the desk's own in what it does by itself."""

    code: ClassVar[str] = "desk_fault"


class Upkeep:
    """One thread that looks again and again; what goes wrong ends nothing, and `troubles` tells it.

    A kind of it gives `_work`. `doing` says what it does, as in "sending e-mails".
    """

    name: ClassVar[str]
    """What a person calls it."""
    doing: ClassVar[str]
    first_s: ClassVar[float]
    """How long after the start it looks first."""
    look_s: ClassVar[float]
    """How long after each look the next one is."""
    join_s: ClassVar[float] = _JOIN_S
    """How long the stop waits."""

    def __init__(self, *, first_s: float | None = None, look_s: float | None = None) -> None:
        self._first_s = self.first_s if first_s is None else first_s
        self._look_s = self.look_s if look_s is None else look_s
        self._told = threading.Event()
        kind = self.name.casefold().replace(" ", "-")
        self._thread = threading.Thread(target=self._run, name=kind, daemon=True)
        self._trouble: CarTechError | None = None
        self._said = ""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, also where it never began; what is under way is given up or ends with the desk."""
        self._told.set()
        if self._thread.is_alive():
            self._thread.join(self.join_s)

    def troubles(self) -> dict[str, CarTechError]:
        """Return by its name what went wrong at the last look; empty where nothing did.

        Quick, any thread.
        """
        trouble = self._trouble
        return {} if trouble is None else {self.name: trouble}

    def _run(self) -> None:
        wait_s = self._first_s
        while not self._told.wait(wait_s):
            if self._look():
                return
            wait_s = self._look_s

    def _look(self) -> bool:
        """Do it once and keep what goes wrong; returns whether all is done for good."""
        try:
            ended = self._work()
        except CarTechError as error:
            if self._is_news(str(error)):
                _LOG.warning("trouble while %s: %s", self.doing, error)
            self._trouble = error
        except Exception as error:
            if self._is_news(repr(error)):
                _LOG.exception("bug while %s", self.doing)
            self._trouble = _fault(self.doing)
        else:
            self._trouble, self._said = None, ""
            return ended
        return False

    def _is_news(self, words: str) -> bool:
        """Tell whether this is to be logged: once, and nothing of what the end itself breaks."""
        before, self._said = self._said, words
        return words != before and not self._told.is_set()

    def _work(self) -> bool:
        """Look after it once; returns True where nothing is left to do. Errors are told."""
        raise NotImplementedError


class Telling(Protocol):
    """What tells its troubles."""

    def troubles(self) -> Mapping[str, CarTechError]:
        """Return by its name what goes wrong. Quick, any thread."""


def troubles_of(several: Iterable[Telling]) -> dict[str, CarTechError]:
    """Return the troubles of several together."""
    return {name: trouble for one in several for name, trouble in one.troubles().items()}


def _fault(doing: str) -> DeskFault:
    place = log_file()
    log = f"the log {place}" if place is not None else "its log"
    return DeskFault(
        f"The desk met a mistake of its own while {doing}.",
        to_do="It is tried again by itself. If this stays, start the desk again; if it comes "
        f"back, send {log} to whoever looks after the desk.",
    )
