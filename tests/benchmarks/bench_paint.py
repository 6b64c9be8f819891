"""From the byte that the driver read to the paint that shows it.

The built-in car answers the desk's own driver (`sim:`); twelve channels are watched. `t_ns` of a
reading is the instant of its answer's first byte; a sample is shown when the paint event of its
chart has ended. The desk's own share leaves out the wait for the next tick of the 100 ms clock.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from cartech_desk.domain.clock import monotonic_ns

CHANNELS = ("rpm", "map", "throttle", "timing", "load", "speed")
OTHERS = ("temp", "iat", "voltage", "lambda", "boost", "afr")
SECONDS = 30.0
RATE_HZ = 7.0  # not in step with the clock
MOST_MS = 150.0
MOST_OWN_MS = 30.0


def rows() -> list:
    """Measure in a process of its own."""
    from table import Row

    command = [sys.executable, str(Path(__file__).resolve()), "--measure"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found = json.loads(done.stdout.splitlines()[-1])
    made = []
    for key, what, most in (
        ("all", "byte to paint", MOST_MS),
        ("own", "byte to paint without the clock", MOST_OWN_MS),
    ):
        p50, p99 = found[key]
        made.append(
            Row(
                f"{what}, ms",
                f"p50 {p50:.1f}, p99 {p99:.1f}",
                f"{most:.0f}",
                p99 / most,
                f"p99 <= {most:.0f} ms",
                p99 <= most,
            )
        )
    return made


def measure() -> dict[str, list[float]]:
    """Return p50 and p99 of the whole way and of the desk's own share, in milliseconds."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QEventLoop, Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from cartech_desk.bay.bay import Bay
    from cartech_desk.domain.units import UnitSystem
    from cartech_desk.store.store import Store
    from cartech_desk.ui.models.live_layout import ChartSpec, LiveLayout, TileSpec
    from cartech_desk.ui.pages.live_board import LiveBoard
    from cartech_desk.ui.theme.appearance import Appearance
    from cartech_desk.ui.theme.tokens import Motion
    from cartech_desk.ui.widgets.plot.canvas import Canvas
    from cartech_desk.ui.widgets.strip_chart import StripChart

    application = QApplication.instance() or QApplication([])
    dressed = Appearance(application)
    waiting: dict[str, list[tuple[int, int]]] = {name: [] for name in CHANNELS}
    whole: list[float] = []
    own: list[float] = []
    ticked_ns = [0]

    def arrived(batch) -> None:
        now = monotonic_ns()
        for name, t_ns, _value, _quality in batch:
            if name in waiting:
                waiting[name].append((t_ns, now))

    painted = Canvas.paintEvent

    def paint(canvas: Canvas, event) -> None:
        painted(canvas, event)
        done = monotonic_ns()
        chart = canvas.owner
        for trace in chart.traces if isinstance(chart, StripChart) else ():
            name = trace.channel.name
            newest = board.traces.newest_ns(name)
            queue = waiting[name]
            while queue and queue[0][0] <= newest:
                t_ns, there_ns = queue.pop(0)
                whole.append((done - t_ns) / 1e6)
                own.append((there_ns - t_ns + done - max(ticked_ns[0], there_ns)) / 1e6)

    Canvas.paintEvent = paint
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        bay = Bay(store)
        bay.start()
        bay.connect("sim:?seed=7").result(20)
        channels = {channel.name: channel for channel in bay.available()}
        wanted = [name for name in (*CHANNELS, *OTHERS) if name in channels]
        bay.watch(dict.fromkeys(wanted, RATE_HZ))
        board = LiveBoard(bay)
        board.resize(1600, 900)
        charts = tuple(ChartSpec((name,)) for name in CHANNELS)
        tiles = tuple(TileSpec(name) for name in wanted[:6])
        board.show_layout(LiveLayout(tiles, charts), channels, UnitSystem.METRIC)
        dressed.put_on(board)
        board.show()

        def tick() -> None:
            ticked_ns[0] = monotonic_ns()
            board.tick(bay.snapshot())

        clock = QTimer()
        clock.setTimerType(Qt.TimerType.PreciseTimer)
        clock.timeout.connect(tick)
        clock.start(Motion.CLOCK)
        loop = QEventLoop()
        QTimer.singleShot(3000, loop.quit)
        loop.exec()
        bay.set_limit_hook(arrived)
        QTimer.singleShot(round(SECONDS * 1000), loop.quit)
        loop.exec()
        clock.stop()
        bay.stop()
        store.close()
    Canvas.paintEvent = painted
    if len(whole) < SECONDS * len(CHANNELS) * RATE_HZ / 2:
        raise RuntimeError(f"only {len(whole)} samples were shown")
    return {
        "all": np.percentile(whole, (50, 99)).tolist(),
        "own": np.percentile(own, (50, 99)).tolist(),
        "samples": [len(whole)],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure()) + "\n")
