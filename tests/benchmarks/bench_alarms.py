"""From a sample to the state of its alarm and to the screen, and what the limits cost.

The whole way of a sample as in bench_live.py: 64 channels at 100 Hz through the bay's feed into the
rings, the alarms with 40 limits (plain, gated, expressions) and a recorder that writes to disk,
while the live page's board and the alarm in the bar redraw ten times a second. `t_ns` is taken when
the batch is made. Beside it, in the same process and by turns, the same feed without limits.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from bench_live import CHANNELS, CHARTS, RATE_HZ, WINDOW, Source

from cartech_desk.domain.clock import monotonic_ns

LIMITS = 40
TURNS = 3
TURN_S = 8.0
STATE_S = 20.0
SCREEN_S = 40.0
MOST_STATE_MS = 5.0
MOST_SCREEN_MS = 150.0
MOST_TIMES = 1.3


def rows() -> list:
    """Measure in a process of its own, so that nothing else is counted."""
    from table import Row

    command = [sys.executable, str(Path(__file__).resolve()), "--measure"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found = json.loads(done.stdout.splitlines()[-1])
    made = []
    for key, what, most in (
        ("state", "sample to alarm state", MOST_STATE_MS),
        ("screen", "sample to the alarm painted", MOST_SCREEN_MS),
    ):
        p50, p99 = found[key]
        made.append(
            Row(
                f"{what}, ms ({found[key + '_alarms']} alarms)",
                f"p50 {p50:.2f}, p99 {p99:.2f}",
                f"{most:.0f}",
                p99 / most,
                f"p99 <= {most:.0f} ms",
                p99 <= most,
            )
        )
    ratio = found["with"] / found["without"]
    made.append(
        Row(
            f"{LIMITS} limits on {CHANNELS} channels at {RATE_HZ} Hz, core",
            f"{100 * found['with']:.1f} %",
            f"{100 * found['without']:.1f} %, no limits",
            ratio,
            f"<= {MOST_TIMES} times",
            ratio <= MOST_TIMES,
        )
    )
    return made


class PulsingSource(Source):
    """A source that lets a channel leave its limits for one sample whenever it is told to."""

    def __init__(self, bay, names: list[str]) -> None:
        super().__init__(bay, names)
        self.pulse = ""
        self.sent_ns: dict[str, int] = {}

    def _run(self) -> None:
        reading, names, publish = self._reading, self._names, self._bay.feed.publish
        due, turn = time.monotonic(), 0
        while not self._stop.is_set():
            values = self._values[turn % len(self._values)]
            pulse, self.pulse = self.pulse, ""
            t_ns = monotonic_ns()
            batch = [reading(name, t_ns, value) for name, value in zip(names, values, strict=True)]
            if pulse:
                at = names.index(pulse)
                batch[at] = reading(pulse, t_ns, 1e6)
                self.sent_ns[pulse] = t_ns
            publish(batch)
            turn += 1
            due += 1 / RATE_HZ
            rest = due - time.monotonic()
            if rest > 0:
                self._stop.wait(rest)


def limits(names: list[str]) -> tuple:
    """Forty limits: most plain, some gated, some over two channels; no sample of its own trips."""
    from cartech_desk.domain.alarms.limit import Comparison, Limit

    made = []
    for number, name in enumerate(names[:LIMITS]):
        watches, gate = name, ""
        if number % 5 == 3:
            gate = f"{names[number + 1]} > -1e9 and {names[number + 2]} < 1e9"
        if number % 10 == 9:
            watches = f"{name} + 0 * {names[number + 1]}"
        made.append(
            Limit(
                f"limit_{number}",
                watches,
                Comparison.ABOVE,
                warning=8000,
                trip=20_000 if number % 2 else None,
                deadband=100,
                gate=gate,
                label=f"Limit {number}",
                to_do="Lift off.",
                unit="rpm",
            )
        )
    return tuple(made)


def measure() -> dict[str, object]:
    """Return times in milliseconds (p50, p99) and shares of a core."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QEventLoop, Qt, QTimer
    from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

    from cartech_desk.bay.bay import Bay
    from cartech_desk.domain.channels import Channel
    from cartech_desk.domain.people import Actor, Role
    from cartech_desk.domain.units import UnitSystem
    from cartech_desk.store.store import Store
    from cartech_desk.ui.models.live_layout import ChartSpec, LiveLayout, TileSpec
    from cartech_desk.ui.pages.live_board import LiveBoard
    from cartech_desk.ui.shell import alarm_place
    from cartech_desk.ui.theme.appearance import Appearance

    application = QApplication.instance() or QApplication([])
    dressed = Appearance(application)
    by = Actor("bench", "Bench", Role.TECHNICIAN)
    names = [f"channel{number:02d}" for number in range(CHANNELS)]
    channels = {name: Channel(name, name, "rpm", 0, 8000) for name in names}
    found: dict[str, object] = {}
    rng = random.Random(3)  # noqa: S311 - no secret, only out of step with the clock
    shown: list[str] = []
    waiting: dict[str, int] = {}
    painted: list[float] = []

    class Witnessed(QPushButton):
        """Notes when a paint that shows an alarm has ended."""

        def paintEvent(self, event) -> None:  # noqa: N802
            super().paintEvent(event)
            done = monotonic_ns()
            for channel in shown:
                sent_ns = waiting.pop(channel, None)
                if sent_ns is not None:
                    painted.append((done - sent_ns) / 1e6)

    alarm_place.QPushButton = Witnessed

    def run(seconds: float) -> float:
        loop = QEventLoop()
        began, spent = time.monotonic(), time.process_time()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()
        return (time.process_time() - spent) / (time.monotonic() - began)

    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        in_force = SimpleNamespace(now=())
        store.limits = SimpleNamespace(
            in_force=lambda _: in_force.now, profile_of=lambda _: "", state=lambda _: None
        )
        bay = Bay(store)
        bay.start()
        bay.feed.declare(dict.fromkeys(channels.values(), float(RATE_HZ)))
        states: list[float] = []
        keep = bay.alarms._keeper.keep

        def kept(record, entry=None, *, soon=True) -> None:
            now = monotonic_ns()
            if entry is not None and entry.action == "alarm.raise":
                name = names[int(record.label.split()[-1])]
                sent_ns = source.sent_ns.pop(name, None)
                if sent_ns is not None:
                    states.append((now - sent_ns) / 1e6)
                    waiting[name] = sent_ns
            keep(record, entry, soon=soon)

        bay.alarms._keeper.keep = kept
        source = PulsingSource(bay, names)
        source.start()
        bay.start_recording(store.vehicles.by_name("Bench").id).result(5)

        window = QWidget()
        column = QVBoxLayout(window)
        place, board = alarm_place.AlarmPlace(), LiveBoard(bay)
        column.addWidget(place)
        column.addWidget(board, 1)
        window.resize(*WINDOW)
        charts = tuple(ChartSpec((name,)) for name in names[:CHARTS])
        tiles = tuple(TileSpec(name) for name in names[:6])
        board.show_layout(LiveLayout(tiles, charts), channels, UnitSystem.METRIC)
        dressed.put_on(window)
        window.show()

        def tick() -> None:
            snapshot = bay.snapshot()
            board.tick(snapshot)
            place.show_snapshot(snapshot, UnitSystem.METRIC)
            shown[:] = [
                names[int(alarm.label.split()[-1])]
                for alarm in (snapshot.alarms.worst,)
                if alarm is not None
            ]

        clock = QTimer()
        clock.setTimerType(Qt.TimerType.PreciseTimer)
        clock.timeout.connect(tick)
        clock.start(100)

        def use(some: tuple) -> None:
            in_force.now = some
            bay.alarms.use_vehicle("")
            bay.alarms._keeper.ask(lambda: None).result(5)
            # No car is there to be asked: the plan for the wire would let these channels go.
            bay.feed.declare(dict.fromkeys(channels.values(), float(RATE_HZ)))
            until = time.monotonic() + 5
            while bay.alarms.snapshot().armed != len(some):
                if time.monotonic() > until:
                    raise RuntimeError("the limits were not put in force")
                run(0.05)

        run(3.0)
        shares: dict[str, list[float]] = {"with": [], "without": []}
        forty = limits(names)
        for _ in range(TURNS):
            for key, some in (("without", ()), ("with", forty)):
                use(some)
                run(0.5)
                shares[key].append(run(TURN_S))
        if bay.alarms.snapshot().standing:
            raise RuntimeError("a limit went off by itself")
        found |= {key: statistics.median(some) for key, some in shares.items()}
        stopping = threading.Event()

        def pulse(every_s: float, some: list[str]) -> None:
            """Let one limit after the other go off, each once it is normal again."""
            turn = 0
            while not stopping.wait(every_s * rng.uniform(0.6, 1.4)):
                source.pulse = some[turn % len(some)]
                turn += 1
                if turn % max(1, len(some) // 2) == 0:
                    time.sleep(0.15)
                    bay.alarms.acknowledge_all(by).result(5)

        for key, seconds, every_s, some in (
            ("state", STATE_S, 0.03, names[:LIMITS]),
            ("screen", SCREEN_S, 0.2, names[:2]),
        ):
            stopping.clear()
            states.clear()
            painted.clear()
            waiting.clear()
            driver = threading.Thread(target=pulse, args=(every_s, some))
            driver.start()
            run(seconds)
            stopping.set()
            driver.join(5)
            times = states if key == "state" else painted
            found[key] = np.percentile(times, (50, 99)).tolist()
            found[f"{key}_alarms"] = len(times)
            bay.alarms.acknowledge_all(by).result(5)
        clock.stop()
        window.close()
        source.stop()
        bay.stop()
        store.close()
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure()) + "\n")
