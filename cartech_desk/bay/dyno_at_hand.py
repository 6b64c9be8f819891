"""The dyno bench as a bay holds it: read in and started when it is first asked for.

Most starts of the desk never see a dyno; none of them waits for what only a dyno needs.
"""

import threading
from typing import TYPE_CHECKING

from cartech_desk.bay.dyno_settings import DynoSettings
from cartech_desk.bay.dyno_status import NO_DYNO, DynoSnapshot, Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartech_desk.bay.dyno import Dyno


class DynoAtHand:
    """Holds the bench that `make` makes. All of it may be used from any thread."""

    def __init__(self, make: "Callable[[], Dyno]") -> None:
        self._make = make
        self._lock = threading.Lock()
        self._at_work = False
        self._bench: Dyno | None = None

    @property
    def bench(self) -> "Dyno":
        """The bench; its threads run while the bay's do."""
        with self._lock:
            if self._bench is None:
                bench = self._make()
                if self._at_work:
                    bench.open()
                self._bench = bench
            return self._bench

    @property
    def trouble(self) -> str:
        """What is wrong with a dyno that is being driven on; empty where there is none."""
        return self._bench.trouble if self._bench is not None else ""

    @property
    def busy(self) -> bool:
        """Whether a run is armed or driven: then the wire belongs to it."""
        return self._bench is not None and self._bench.phase in (Phase.ARMED, Phase.RUNNING)

    def open(self) -> None:
        """Let its threads run, now or once there is one."""
        with self._lock:
            self._at_work = True
            if self._bench is not None:
                self._bench.open()

    def close(self) -> None:
        """End its threads."""
        with self._lock:
            self._at_work = False
            bench = self._bench
        if bench is not None:
            bench.close()

    def use_settings(self, settings: DynoSettings) -> None:
        """Put other settings in force; one that is made later begins with its bay's."""
        if self._bench is not None:
            self._bench.use_settings(settings)

    def snapshot(self, now_ns: int) -> DynoSnapshot:
        """Return its picture as of now."""
        return self._bench.snapshot(now_ns) if self._bench is not None else NO_DYNO
