"""Six strip charts on live channels beside six bare pyqtgraph charts, and their memory.

Ours is the whole way of a sample: 64 channels at 100 Hz through the bay's feed into the rings, the
limit hook and a recorder that writes to disk, and the live page's board drawing 60 s ten times a
second. Beside it, in the same process, six charts of 600 points that are handed random numbers.
`--long` (or CARTECH_BENCH_LONG=1) watches the memory for ten minutes.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from cartech_desk.domain.clock import monotonic_ns

CHANNELS = 64
RATE_HZ = 100
CHARTS = 6
WINDOW = (1600, 900)
SETTLE_S = 35.0  # the pre-trigger of 30 s is full then
MEASURED_S = 24.0
BARE_S = 12.0
WARM_S = 80.0  # from the recording's begin: its first minute has been put in order by then
MEMORY_S = 45.0
LONG_S = 600.0
MOST_TIMES = 1.5
MOST_GROWTH = 1.02


def rows() -> list:
    """Measure in a process of its own, so that nothing else is counted."""
    from table import Row

    command = [sys.executable, str(Path(__file__).resolve()), "--measure"]
    if os.environ.get("CARTECH_BENCH_LONG"):
        command.append("--long")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found = json.loads(done.stdout.splitlines()[-1])
    made = []
    for key, what in (
        ("charts", f"{CHARTS} strip charts, {CHANNELS} channels at {RATE_HZ} Hz, core"),
        ("page", "the same with six tiles and the table of values, core"),
    ):
        ratio = found[key] / found["bare"]
        made.append(
            Row(
                what,
                f"{100 * found[key]:.1f} %",
                f"{100 * found['bare']:.1f} %, six bare charts",
                ratio,
                f"<= {MOST_TIMES} times",
                ratio <= MOST_TIMES,
            )
        )
    if found["memory_after"]:
        growth = found["memory_after"] / found["memory_before"]
        made.append(
            Row(
                f"memory after {found['memory_s']:.0f} s",
                f"{found['memory_after'] / 1e6:.1f} MB",
                f"{found['memory_before'] / 1e6:.1f} MB when warm",
                growth,
                f"<= {MOST_GROWTH} times",
                growth <= MOST_GROWTH,
            )
        )
    return made


def resident_bytes() -> int:
    """Memory that the process holds; 0 where this system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


class Source:
    """A driver's thread: every 10 ms one batch with a reading of each channel."""

    def __init__(self, bay, names: list[str]) -> None:
        from cartech_desk.domain.channels import Reading

        self._bay = bay
        self._reading = Reading
        self._names = names
        rng = np.random.default_rng(6)
        at = np.arange(4000)[:, None] / RATE_HZ
        phase = np.arange(len(names))[None, :]
        values = 3000 + 2500 * np.sin(at / 3 + phase) + rng.normal(0, 60, (4000, len(names)))
        self._values = values.tolist()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="source", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(2)

    def _run(self) -> None:
        reading, names, publish = self._reading, self._names, self._bay.feed.publish
        due, turn = time.monotonic(), 0
        while not self._stop.is_set():
            t_ns = monotonic_ns()
            values = self._values[turn % len(self._values)]
            publish([reading(name, t_ns, value) for name, value in zip(names, values, strict=True)])
            turn += 1
            due += 1 / RATE_HZ
            rest = due - time.monotonic()
            if rest > 0:
                self._stop.wait(rest)


class Limits:
    """A limit watch as the bay will have one: every raw reading against its limit."""

    def __init__(self, names: list[str]) -> None:
        self._most = dict.fromkeys(names, 1e9)
        self.beyond = 0

    def __call__(self, batch) -> None:
        most = self._most
        for name, _t_ns, value, _quality in batch:
            if value > most[name]:
                self.beyond += 1


def measure(long: bool) -> dict[str, float]:
    """Return the share of a core that each costs, and the memory before and after."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QEventLoop, Qt, QTimer
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])

    def run(seconds: float, tick) -> float:
        """Call `tick` ten times a second; return the processor time over the time."""
        loop = QEventLoop()
        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(tick)
        timer.start(100)
        QTimer.singleShot(1000, loop.quit)
        loop.exec()
        began, spent = time.monotonic(), time.process_time()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()
        timer.stop()
        return (time.process_time() - spent) / (time.monotonic() - began)

    bare = [_bare(run)]
    with tempfile.TemporaryDirectory() as folder:
        found = _ours(application, run, Path(folder), long)
    bare.append(_bare(run))
    return {"bare": statistics.mean(bare), **found}


def _bare(run) -> float:
    import pyqtgraph

    charts = pyqtgraph.GraphicsLayoutWidget()
    charts.resize(*WINDOW)
    rng = np.random.default_rng(1)
    curves = [charts.addPlot(row=row, col=0).plot(rng.normal(size=600)) for row in range(CHARTS)]
    charts.show()

    def tick() -> None:
        for curve in curves:
            curve.setData(rng.normal(size=600))

    share = run(BARE_S, tick)
    charts.close()
    return share


def _ours(application, run, folder: Path, long: bool) -> dict[str, float]:
    from cartech_desk.bay.bay import Bay
    from cartech_desk.domain.channels import Channel
    from cartech_desk.domain.units import UnitSystem
    from cartech_desk.store.store import Store
    from cartech_desk.ui.models.live_layout import ChartSpec, LiveLayout, TileSpec
    from cartech_desk.ui.pages.live_board import LiveBoard
    from cartech_desk.ui.theme.appearance import Appearance

    dressed = Appearance(application)
    names = [f"channel{number:02d}" for number in range(CHANNELS)]
    channels = {name: Channel(name, name, "rpm", 0, 8000) for name in names}
    store = Store(folder)
    bay = Bay(store)
    bay.start()
    bay.feed.declare(dict.fromkeys(channels.values(), float(RATE_HZ)))
    limits = Limits(names)
    bay.set_limit_hook(limits)
    source = Source(bay, names)
    source.start()
    recording = bay.start_recording(store.vehicles.by_name("Bench").id).result(5)
    board = LiveBoard(bay)
    board.resize(*WINDOW)
    charts = tuple(ChartSpec((name,)) for name in names[:CHARTS])
    board.show_layout(LiveLayout(charts=charts), channels, UnitSystem.METRIC)
    board.panel.hide()
    dressed.put_on(board)
    board.show()
    memory: list[tuple[float, int]] = []

    def tick() -> None:
        board.tick(bay.snapshot())
        memory.append((time.monotonic(), resident_bytes()))

    began = time.monotonic()
    run(SETTLE_S, tick)
    found = {"charts": run(MEASURED_S, tick)}
    tiles = tuple(TileSpec(name) for name in names[:6])
    board.show_layout(LiveLayout(tiles, charts), channels, UnitSystem.METRIC)
    board.panel.show()
    found["page"] = run(MEASURED_S, tick)
    run(LONG_S if long else MEMORY_S, tick)
    warm = [size for at, size in memory if at - began > WARM_S]
    part = max(1, len(warm) // 8)
    found["memory_s"] = len(warm) / 10
    found["memory_before"] = statistics.median(warm[:part])
    found["memory_after"] = statistics.median(warm[-part:])
    board.close()
    source.stop()
    if bay.stop_recording().result(10) != recording or limits.beyond:
        raise RuntimeError("the recording under way was another one, or a limit tripped")
    kept = store.recordings.get(recording)
    asked = (SETTLE_S + 2 * MEASURED_S + MEMORY_S) * RATE_HZ * CHANNELS
    if sum(each.samples for each in kept.channels) < asked:
        raise RuntimeError("the recording lacks samples")
    bay.stop()
    store.close()
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", action="store_true", help="print the figures as JSON")
    parser.add_argument("--long", action="store_true", help="watch the memory for ten minutes")
    chosen = parser.parse_args()
    sys.stdout.write(json.dumps(measure(chosen.long)) + "\n")
