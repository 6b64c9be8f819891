"""The upper row of the Dyno page: Start, and what comes from the bench or what is missing."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QWidget

from cartech_desk.bay.dyno_status import DynoSnapshot, Phase
from cartech_desk.domain.dyno.corrections import CORRECTIONS, Factor, factor
from cartech_desk.domain.dyno.run import Conditions, EstimateBy, RunSetup
from cartech_desk.domain.dyno.station import pressure_doubt
from cartech_desk.domain.errors import CarTechError
from cartech_desk.hardware.dyno.source import SourceState
from cartech_desk.store.dyno import DynoSession
from cartech_desk.ui.models.bench_words import (
    TEST_WORDS,
    air_words,
    factor_words,
    shown_words,
    source_name,
)
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.dyno_live import LiveReadings, live_numbers
from cartech_desk.ui.widgets.dyno_start import StartButton, start_face
from cartech_desk.ui.words import for_window

if TYPE_CHECKING:
    from cartech_desk.ui.pages.dyno import DynoPage

_NO_DYNO: Final = "No dyno is connected. What is kept can be looked at, compared and printed."
_NO_SESSION: Final = "Begin a session: the car, the gear, the air. Then press Start."
_MOST_NOTICES: Final = 3
_SLOWING_NS: Final = 5_000_000_000


class BenchView(QWidget):
    """Start at the left; beside it the numbers of now, or what to press first."""

    guided = Signal()
    """The button beside the sentence was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.start = StartButton()
        self.readings = LiveReadings()
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setProperty("role", "muted")
        self.next = QPushButton()
        self.next.clicked.connect(lambda _checked=False: self.guided.emit())
        guide = QWidget()
        row = QHBoxLayout(guide)
        row.setContentsMargins(Space.M, 0, 0, 0)
        row.setSpacing(Space.M)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.next)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.readings)
        self.stack.addWidget(guide)
        self.guide = guide
        self.stack.setFixedHeight(self.start.height())
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(Space.M)
        outer.addWidget(self.start)
        outer.addWidget(self.stack, 1)

    def show_bench(self, now: DynoSnapshot, now_ns: int, page: "DynoPage") -> None:
        """Show Start as it is now, and the numbers, or what is missing for them."""
        self.start.show_face(start_face(now, now_ns, begins_words(page)))
        if not now.sources and now.session is None:
            self._guide(_NO_DYNO, "Sources…  S")
        elif now.session is None and not now.values:
            self._guide(_NO_SESSION, "New session  N")
        else:
            if self.stack.currentWidget() is not self.readings:
                self.stack.setCurrentWidget(self.readings)
            made = now.live.factor if now.live is not None else standing_factor(now, page)
            value = made.value if made is not None else 1.0
            short = made.correction.short if made is not None and not made.why_not else ""
            self.readings.show_numbers(live_numbers(now, page.units, value, short))

    def _guide(self, sentence: str, button: str) -> None:
        if self.sentence.text() != sentence or self.stack.currentWidget() is not self.guide:
            self.sentence.setText(sentence)
            self.next.setText(button)
            self.stack.setCurrentWidget(self.guide)

    @staticmethod
    def session_words(session: DynoSession | None) -> str:
        """Say whose session it is, and how it is driven."""
        if session is None:
            return ""
        gear = f"gear {session.setup.gear}" if session.setup.gear else ""
        parts = (session.vehicle_name, TEST_WORDS[session.test_type], gear, session.fuel)
        return " · ".join(part for part in parts if part)

    @staticmethod
    def air(now: DynoSnapshot, page: "DynoPage") -> tuple[str, Sequence[str]]:
        """Return the air in words with the factor, and sentences about what is doubtful of it."""
        made: Factor | None
        altitude = None
        if about_the_bench(now, page):
            made, air = standing_factor(now, page), now.conditions
            if now.session is not None:
                altitude = now.session.setup.altitude_m
            elif air == Conditions():
                return "", ()
        else:
            run, result = page.front, page.results.get(page.chosen[0])
            altitude = run.setup.altitude_m if run is not None else None
            made = result.factor if result is not None else None
            air = made.conditions if made is not None else Conditions()
            if result is None:
                return "", ()
        doubts = [pressure_doubt(air.pressure_kpa, altitude)]
        words = air_words(air, page.units)
        if made is not None:
            if made.why_not:
                words = f"{words} · not corrected"
                doubts.insert(0, made.why_not)
            else:
                words = f"{words} · {factor_words(made.correction.short, made.value)}"
            doubts += made.warnings
        return words, tuple(dict.fromkeys(doubt for doubt in doubts if doubt))


def about_the_bench(now: DynoSnapshot, page: "DynoPage") -> bool:
    """Tell whether the air above the charts is the bench's; else it is that of the run in front."""
    return now.session is not None or not page.chosen


def engine_doubt(page: "DynoPage") -> str:
    """Say why power at the engine cannot be shown of the run in front, and what to do."""
    run = page.front
    result = page.results.get(run.id) if run is not None else None
    if run is None or result is None or not page.view.engine:
        return ""
    if result.estimate is not EstimateBy.NONE or result.peak_power is None:
        return ""
    why = next((mark.why for mark in result.quality if mark.key == "no_estimate"), "")
    return (
        f"{run.name}: {why or 'Power at the engine cannot be estimated.'} It needs the driveline's "
        "loss: type a percentage in the properties of the run (P), or drive a coast-down and "
        "choose it in the session (E)."
    )


class Waiting:
    """Lets warnings of a dyno that has armed itself again stand a while before they are said.

    The car is still fast from the run before then, and slows down by itself.
    """

    def __init__(self) -> None:
        self._since: dict[str, int] = {}

    def standing(self, now: DynoSnapshot, now_ns: int) -> tuple[str, ...]:
        """Return the warnings to be said now."""
        self._since = {words: self._since.get(words, now_ns) for words in now.warnings}
        if now.phase is not Phase.ARMED or not now.last_run:
            return now.warnings
        return tuple(words for words in now.warnings if now_ns - self._since[words] >= _SLOWING_NS)


class Notice(QLabel):
    """What is wrong or doubtful, below the bar; takes no room while all is well."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setProperty("role", "warning")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.hide()

    def say(self, sentences: Sequence[str]) -> None:
        """Show these sentences, the worst first; one that is there twice is said once."""
        told = (for_window(words) for words in sentences if words)
        shown = tuple(dict.fromkeys(told))[:_MOST_NOTICES]
        words = "\n".join(f"▲ {sentence}" for sentence in shown)
        if words != self.text():
            self.setText(words)
            self.setVisible(bool(words))


def troubles(now: DynoSnapshot) -> Sequence[str]:
    """Return what is wrong at the bench, in sentences: sources that fell silent, what failed."""
    found = [now.problem]
    for source in now.sources:
        if source.happened:
            found.append(f"{source_name(source)}: {source.happened} {source.to_do}".strip())
        elif source.state is SourceState.SILENT:
            found.append(f"{source_name(source)} is connected, and nothing comes from it.")
    return tuple(dict.fromkeys(words for words in found if words))


def begins_words(page: "DynoPage") -> str:
    """Say what an armed run waits for: `waits for 40 km/h`."""
    if page.start_kmh is not None:
        speed = page.units.speed
        return f"waits for {shown_words(page.start_kmh, speed, 0)} {speed.symbol}"
    if page.start_throttle is not None:
        return f"waits for {page.start_throttle:.0f} % throttle"
    return "waits for F5"


def standing_factor(now: DynoSnapshot, page: "DynoPage") -> Factor | None:
    """Return the factor of the air that stands, None where the correction is not known."""
    setup = now.session.setup if now.session is not None else RunSetup()
    diesel = (setup.ignition, setup.turbo, setup.fuel_mg_per_stroke_l, setup.altitude_m)
    return _factor(page.view.correction, now.conditions, diesel)


@lru_cache(maxsize=32)
def _factor(correction: str, air: Conditions, engine: tuple) -> Factor | None:
    if correction not in CORRECTIONS:
        return None
    ignition, turbo, fuel, altitude = engine
    setup = RunSetup(ignition=ignition, turbo=turbo, fuel_mg_per_stroke_l=fuel, altitude_m=altitude)
    try:
        return factor(correction, air, setup)
    except CarTechError:
        return None
