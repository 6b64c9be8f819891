"""A dyno session begun or changed: the car, the test, the air, and for whom."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.bay.dyno import SessionWish
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import Basis, Losses, LossPart, RpmSource
from cartech_desk.domain.units import UnitSystem
from cartech_desk.store.dyno import DynoSession
from cartech_desk.ui.models.bench_words import (
    BASIS_WORDS,
    ESTIMATE_WORDS,
    IGNITION_WORDS,
    LOSS_WORDS,
    RPM_WORDS,
    TEST_WORDS,
)
from cartech_desk.ui.models.session_draft import Draft, Read, read_draft, unit_of
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.draft_fields import Check, Choice, DraftFields, Fold, Item, Line

_WIDE: Final = 640
_HIGH: Final = 640
VEHICLE: Final = "vehicle_name"
"""The field that names a vehicle which is known by its VIN only."""
_BY_ITSELF: Final = ("", "The best that there is")


CoastDown = tuple[str, LossPart]
"""A coast-down run by its id, and what of the drive it measured."""


@dataclass(frozen=True, slots=True)
class Around:
    """What the form stands in: units, what the bench knows, what coast-downs there are.

    `weather` is the sentence of a weather source, empty where there is none; `coast_downs` are
    runs, as id and name, whose losses can be taken; `doubts` tells what is doubtful about a wish.
    """

    vehicle_id: str
    vehicle_name: str
    system: UnitSystem
    power_unit: str
    altitude_m: float | None = None
    weather: str = ""
    roles: Mapping[Role, str] = field(default_factory=dict)
    losses: tuple[Losses, ...] = ()
    coast_downs: Sequence[tuple[str, str]] = ()
    doubts: Callable[[SessionWish], Sequence[str]] = lambda _wish: ()
    vin_only: bool = False
    """The vehicle has no name yet: the form asks for one."""
    base: DynoSession | None = None
    """The session whose numbers are shown; what nobody touches keeps its exact value."""


class SessionForm(QDialog):
    """One column; Enter begins, Esc leaves with the draft kept in `draft`.

    `take` gets the wish, and the coast-down whose losses shall be used, None for none or for those
    that are there already.
    """

    def __init__(
        self,
        title: str,
        draft: Draft,
        around: Around,
        take: Callable[[SessionWish, CoastDown | None], None],
        parent: QWidget | None = None,
        *,
        verb: str = "Begin",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setProperty("bay", True)
        self.resize(_WIDE, _HIGH)
        self._around, self._take_wish = around, take
        self._parts: list[DraftFields] = []
        self._folds: list[Fold] = []
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, Space.M, 0)
        column.setSpacing(Space.L)
        self._add(column, [*self._named(), *self._drive()])
        self.weather = QLabel(around.weather)
        self.weather.setWordWrap(True)
        self.weather.setProperty("role", "good" if around.weather else "help")
        if not around.weather:
            self.weather.setText(
                "No weather station is connected: type the air at the engine's intake."
            )
        column.addWidget(_heading("Air"))
        column.addWidget(self.weather)
        self._add(column, self._air())
        self.doubt = QLabel()
        self.doubt.setWordWrap(True)
        self.doubt.setProperty("role", "warning")
        column.addWidget(self.doubt)
        column.addWidget(_heading("Car and customer"))
        self._add(column, [*self._engine_speed(), *self._car()])
        for words, rows in (
            ("Power: what it is computed from, losses", self._power()),
            ("Engine: diesel, turbo, mixture", self._engine()),
            ("Road dyno: no rollers, the car's own speed", self._road()),
        ):
            fold = Fold(words, self._part(rows))
            self._folds.append(fold)
            column.addWidget(fold)
        column.addStretch(1)
        self._finish(title, verb, inside)
        for part in self._parts:
            part.show_draft(draft)
            part.touched.connect(self._touched)
        for fold in self._folds:
            fold.head.setChecked(any(fold.fields.draft().get(name) for name in ("road",)))
        self._touched()

    def _finish(self, title: str, verb: str, inside: QWidget) -> None:
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        self.scroll = scroll
        head = QLabel(f"{title}: {self._around.vehicle_name}")
        head.setProperty("role", "title")
        head.setTextFormat(Qt.TextFormat.PlainText)
        head.setWordWrap(True)
        self.wrong = QLabel()
        self.wrong.setProperty("role", "error")
        self.wrong.setWordWrap(True)
        self.take = QPushButton(verb)
        self.take.setProperty("role", "primary")
        self.take.setDefault(True)
        self.take.clicked.connect(lambda _checked=False: self.accept_draft())
        leave = QPushButton("Cancel  Esc")
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(self.wrong, 1)
        foot.addWidget(leave)
        foot.addWidget(self.take)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        layout.setSpacing(Space.M)
        layout.addWidget(head)
        layout.addWidget(scroll, 1)
        layout.addLayout(foot)

    # The fields

    def _unit(self, name: str) -> str:
        return unit_of(name, self._around.system, self._around.power_unit).symbol

    def _line(self, name: str, label: str, help_words: str = "", hint: str = "") -> Line:
        return Line(name, label, self._unit(name), help_words, hint)

    def _named(self) -> list[list[Item]]:
        if not self._around.vin_only:
            return []
        known = f"Known by its VIN only: {self._around.vehicle_name}"
        return [[Line(VEHICLE, "Name of the car", help=known, hint="Blue Civic")]]

    def _drive(self) -> list[list[Item]]:
        tests = [(kind.value, words) for kind, words in TEST_WORDS.items()]
        return [
            [Choice("test_type", "Test", tests), Line("gear", "Gear", hint="4")],
            [Line("fuel", "Fuel", hint="98 RON"), Line("run_prefix", "Runs are called")],
        ]

    def _engine_speed(self) -> list[list[Item]]:
        sources = [("", "The best that there is")] + [
            (kind.value, RPM_WORDS[kind]) for kind in RpmSource
        ]
        return [
            [
                Choice("rpm_source", "Engine speed from", sources),
                self._line("ratio_rpm_per_kmh", "Ratio", "Where the ratio is typed"),
            ],
        ]

    def _air(self) -> list[list[Item]]:
        return [
            [
                self._line("temperature_c", "Temperature"),
                self._line(
                    "pressure_kpa", "Station pressure", "As measured here, not for sea level"
                ),
                self._line("humidity_pct", "Humidity"),
            ]
        ]

    def _car(self) -> list[list[Item]]:
        return [
            [self._line("tyre_kpa", "Tyre pressure"), self._line("odometer_km", "Odometer")],
            [Line("customer", "Customer")],
            [Line("modifications", "Modifications")],
            [Line("notes", "Notes")],
        ]

    def _power(self) -> list[list[Item]]:
        bases = [_BY_ITSELF] + [(kind.value, BASIS_WORDS[kind]) for kind in Basis]
        estimates = [(kind.value, words) for kind, words in ESTIMATE_WORDS.items()]
        fitted = "Those fitted before" if self._around.losses else "None"
        losses = [("", fitted), *self._around.coast_downs]
        parts = [(part.value, words) for part, words in LOSS_WORDS.items()]
        return [
            [Choice("basis", "Power is computed from", bases)],
            [
                self._line("equivalent_mass_kg", "Equivalent mass", "What the pull accelerates"),
                self._line("wheel_mass_kg", "Wheels and driveline", "Their mass at the rollers"),
            ],
            [self._line("roller_m", "Roller's circumference")],
            [
                Choice("losses", "Losses from a coast-down", losses),
                Choice("loss_part", "It measured", parts),
            ],
            [
                Choice("estimate_by", "Power of the engine", estimates),
                self._line("driveline_pct", "Losses, typed"),
            ],
        ]

    def _engine(self) -> list[list[Item]]:
        kinds = [(kind.value, words) for kind, words in IGNITION_WORDS.items()]
        return [
            [Choice("ignition", "Fuel", kinds), Check("turbo", "Turbo or compressor")],
            [
                self._line("fuel_mg_per_stroke_l", "Injected", "For the diesel correction"),
                self._line("boost_ratio", "Boost ratio", "Pressure after compressor over before"),
            ],
            [
                self._line("stoichiometry", "AFR at lambda 1", "Of the fuel"),
                self._line("gauge_stoichiometry", "AFR gauge at lambda 1", "Usually gasoline's"),
            ],
        ]

    def _road(self) -> list[list[Item]]:
        return [
            [Check("road", "This is a road dyno")],
            [
                self._line("road_mass_kg", "Mass of the car", "With driver and fuel"),
                self._line("drag_area_m2", "Drag area"),
                self._line("rolling", "Rolling resistance", "About 0.012"),
            ],
        ]

    def _part(self, rows: Sequence[Sequence[Item]]) -> DraftFields:
        part = DraftFields(rows)
        self._parts.append(part)
        return part

    def _add(self, column: QVBoxLayout, rows: Sequence[Sequence[Item]]) -> None:
        column.addWidget(self._part(rows))

    # What is typed

    @property
    def vehicle_name(self) -> str:
        """The name that was typed for the vehicle; empty where none was, or it has one."""
        return " ".join(self.draft.get(VEHICLE, "").split())

    @property
    def draft(self) -> Draft:
        """What is typed, as it stands."""
        return {name: text for part in self._parts for name, text in part.draft().items()}

    def line(self, name: str) -> QWidget:
        """Return the editor of a field."""
        for part in self._parts:
            if name in part.names:
                return part.lines.get(name) or part.combos.get(name) or part.checks[name]
        raise KeyError(name)

    def error(self, name: str) -> str:
        """Return what stands beside a field."""
        return next(part.fields[name].error for part in self._parts if name in part.fields)

    def read(self) -> Read:
        """Return the wish, or what is wrong."""
        around, draft = self._around, self.draft
        losses = around.losses
        if draft.get("losses"):
            # The run's losses are fitted once the form is taken; any stand for them until then.
            losses = losses or (_TO_BE_FITTED,)
        return read_draft(
            draft,
            around.vehicle_id,
            around.system,
            around.power_unit,
            roles=around.roles,
            losses=losses,
            altitude_m=around.altitude_m,
            base=around.base,
        )

    def _touched(self) -> None:
        result = self.read()
        self.wrong.setText("")
        # While somebody types, only what is typed is judged, not what is still to come.
        typed = {name: words for name, words in result.wrong.items() if self.draft.get(name)}
        self._show_wrong(typed)
        doubts = () if result.wish is None else self._around.doubts(result.wish)
        self.doubt.setText("\n".join(f"▲ {sentence}" for sentence in doubts))
        self.doubt.setVisible(bool(doubts))

    def _show_wrong(self, wrong: Mapping[str, str]) -> None:
        folded = [fold.fields for fold in self._folds]
        for part in self._parts:
            if part not in folded:
                part.show_wrong(wrong)
        for fold in self._folds:
            fold.show_wrong(wrong)

    def accept_draft(self) -> None:
        """Take what is typed, or say what is wrong with it."""
        result = self.read()
        if result.wish is None:
            self._show_wrong(result.wrong)
            count = len(result.wrong)
            self.wrong.setText(
                "One field needs another look." if count == 1 else f"{count} fields need a look."
            )
            first = self.line(next(iter(result.wrong)))
            first.setFocus()
            self.scroll.ensureWidgetVisible(first)
            return
        draft = self.draft
        run_id = draft.get("losses", "")
        self._take_wish(result.wish, (run_id, LossPart(draft["loss_part"])) if run_id else None)
        self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the form wherever the focus is."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept_draft()
        else:
            super().keyPressEvent(event)


def _heading(words: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("role", "heading")
    return label


_TO_BE_FITTED: Final = Losses(LossPart.DRIVELINE, 0.0)
