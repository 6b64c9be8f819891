"""The properties of one run: its name and note, and what was put right of its set-up."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cartech_desk.domain.dyno.run import Basis, Conditions, EstimateBy
from cartech_desk.domain.units import UnitSystem
from cartech_desk.store.dyno import DynoRun
from cartech_desk.ui.models.bench_words import BASIS_WORDS, ESTIMATE_WORDS
from cartech_desk.ui.models.session_draft import NUMBERS, Draft, read, unit_of, write
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.draft_fields import Choice, DraftFields, Item, Line

AIR: Final = ("temperature_c", "pressure_kpa", "humidity_pct")
_WIDE: Final = 560
_NEEDED: Final = "Give it a name."
_RAW: Final = "What was measured stays as it is: this changes how the run is read."


def air_draft(air: Conditions, system: UnitSystem, power_unit: str) -> Draft:
    """Return typed conditions as a draft."""
    return {
        name: write(getattr(air, name), unit_of(name, system, power_unit), NUMBERS[name].decimals)
        for name in AIR
    }


def air_row(system: UnitSystem, power_unit: str) -> list[Item]:
    """Return the row of temperature, station pressure and humidity."""
    words = ("Temperature", "Station pressure", "Humidity")
    return [
        Line(name, label, unit_of(name, system, power_unit).symbol)
        for name, label in zip(AIR, words, strict=True)
    ]


def read_air(
    draft: Draft, system: UnitSystem, power_unit: str, wrong: dict[str, str]
) -> Conditions:
    """Return the conditions of a draft; what is wrong goes into `wrong`."""
    values: list[float | None] = []
    for name in AIR:
        value, sentence = read(name, draft.get(name, ""), system, power_unit)
        if sentence:
            wrong[name] = sentence
        values.append(value)
    return Conditions(*values, "typed" if any(one is not None for one in values) else "")


class DraftForm(QDialog):
    """A small form over rows of fields. Subclasses say what `make` makes of the draft."""

    def __init__(
        self, title: str, rows: list[list[Item]], draft: Draft, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setProperty("bay", True)
        self.setMinimumWidth(_WIDE)
        self.part = DraftFields(rows)
        self.part.show_draft(draft)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setProperty("role", "help")
        keep = QPushButton("Keep")
        keep.setProperty("role", "primary")
        keep.setDefault(True)
        keep.clicked.connect(lambda _checked=False: self.accept_draft())
        leave = QPushButton("Cancel  Esc")
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(leave)
        foot.addWidget(keep)
        head = QLabel(title)
        head.setProperty("role", "title")
        head.setTextFormat(Qt.TextFormat.PlainText)
        head.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        layout.setSpacing(Space.M)
        layout.addWidget(head)
        layout.addWidget(self.part)
        layout.addWidget(self.note)
        layout.addLayout(foot)

    def take(self, draft: Draft, wrong: dict[str, str]) -> None:
        """Take the draft; put what is wrong into `wrong` and nothing is taken then."""
        raise NotImplementedError

    def accept_draft(self) -> None:
        """Take what is typed, or say beside the fields what is wrong."""
        wrong: dict[str, str] = {}
        self.take(self.part.draft(), wrong)
        self.part.show_wrong(wrong)
        if not wrong:
            self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the form wherever the focus is."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept_draft()
        else:
            super().keyPressEvent(event)


class AirForm(DraftForm):
    """The air, typed. `weather` says what a station tells: it goes first."""

    def __init__(
        self,
        air: Conditions,
        weather: str,
        units: tuple[UnitSystem, str],
        keep: Callable[[Conditions], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Air at the engine", [air_row(*units)], air_draft(air, *units), parent)
        self._units, self._keep = units, keep
        self.note.setText(
            f"{weather} What is typed holds while the station is silent."
            if weather
            else "Station pressure as measured here, never reduced to sea level. Runs driven from "
            "now on take it."
        )

    def take(self, draft: Draft, wrong: dict[str, str]) -> None:
        """Take the air."""
        air = read_air(draft, *self._units, wrong)
        if not wrong:
            self._keep(air)


class RunForm(DraftForm):
    """Name, note, gear, air, the offset of the car's clock, what power is computed from."""

    def __init__(
        self,
        run: DynoRun,
        estimated_offset_s: float | None,
        units: tuple[UnitSystem, str],
        keep: Callable[[DynoRun], None],
        parent: QWidget | None = None,
    ) -> None:
        setup = run.setup
        offset = NUMBERS["ecu_offset_s"]
        unit = unit_of("ecu_offset_s", *units)
        hint = "" if estimated_offset_s is None else write(estimated_offset_s, unit, 3)
        bases = [("", "The best that there is")]
        bases += [(kind.value, BASIS_WORDS[kind]) for kind in Basis]
        estimates = [
            (kind.value, words)
            for kind, words in ESTIMATE_WORDS.items()
            if kind is not EstimateBy.MEASURED or setup.losses
        ]
        typed = NUMBERS["driveline_pct"]
        rows: list[list[Item]] = [
            [Line("name", "Name"), Line("gear", "Gear")],
            [Line("note", "Note")],
            air_row(*units),
            [
                Line(
                    "ecu_offset_s",
                    "Car's clock behind the dyno's",
                    "s",
                    f"Empty: estimated ({hint} s)" if hint else "Empty: estimated",
                    hint,
                ),
                Choice("basis", "Power is computed from", bases),
            ],
            [
                Choice("estimate_by", "Power of the engine", estimates),
                Line(
                    "driveline_pct",
                    "Losses, typed",
                    unit_of("driveline_pct", *units).symbol,
                    "What driveline and tyres take",
                ),
            ],
        ]
        draft = {
            "name": run.name,
            "gear": setup.gear,
            "note": run.note,
            "ecu_offset_s": write(setup.ecu_offset_s, unit, offset.decimals),
            "basis": setup.basis.value if setup.basis is not None else "",
            "estimate_by": setup.estimate_by.value,
            "driveline_pct": write(
                setup.driveline_pct, unit_of("driveline_pct", *units), typed.decimals
            ),
            **air_draft(setup.conditions, *units),
        }
        super().__init__(f"Properties of {run.name}", rows, draft, parent)
        self._run, self._units, self._keep = run, units, keep
        self.note.setText(_RAW)

    def take(self, draft: Draft, wrong: dict[str, str]) -> None:
        """Take name, note and set-up."""
        name = " ".join(draft["name"].split())
        if not name:
            wrong["name"] = _NEEDED
        air = read_air(draft, *self._units, wrong)
        before = self._run.setup.conditions
        if air_draft(air, *self._units) == air_draft(before, *self._units):
            air = before  # what nobody touched keeps its exact numbers and where they are from
        offset, sentence = read("ecu_offset_s", draft["ecu_offset_s"], *self._units)
        if sentence:
            wrong["ecu_offset_s"] = sentence
        estimate = EstimateBy(draft["estimate_by"])
        percent, sentence = read("driveline_pct", draft["driveline_pct"], *self._units)
        if percent is not None and estimate is EstimateBy.NONE:
            estimate = EstimateBy.FLAT_PERCENT  # who types a percentage wants it taken
        elif percent is None and estimate is EstimateBy.FLAT_PERCENT:
            sentence = sentence or "Type the percentage."
        if sentence:
            wrong["driveline_pct"] = sentence
        if wrong:
            return
        setup = replace(
            self._run.setup,
            gear=" ".join(draft["gear"].split()),
            conditions=air,
            ecu_offset_s=offset,
            basis=Basis(draft["basis"]) if draft["basis"] else None,
            estimate_by=estimate,
            driveline_pct=percent,
        )
        note = " ".join(draft["note"].split())
        self._keep(replace(self._run, name=name, note=note, setup=setup))
