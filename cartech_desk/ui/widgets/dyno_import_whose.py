"""Whose run a file holds, and when it was driven: asked where the file does not say so."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from cartech_desk.bay.dyno_runs import UNKNOWN_CAR
from cartech_desk.domain.dyno.table_dates import Dated, date_typed
from cartech_desk.domain.dyno.tables import Proposal
from cartech_desk.store.dyno import DynoSession, StartedIs
from cartech_desk.store.vehicles import Vehicle
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.draft_fields import CalmCombo

_NOBODY: Final = f"{UNKNOWN_CAR} (nobody said whose)"
_WIDTH: Final = 300
_GUESSES: Final = {
    StartedIs.FILE_TIME: "A guess: it is when the file was written or copied.",
    StartedIs.FILE_NAME: "As the file is called. Is it right?",
    StartedIs.WRITTEN: "As it stands in the file.",
}


class WhoseRun(QWidget):
    """Vehicle, day and customer of a run that is imported; those of a session where there is one.

    The vehicle is one that is kept, or a name that is typed; nothing is taken for granted.
    """

    def __init__(
        self, proposal: Proposal, session: DynoSession | None, at_hand: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._at_hand = at_hand
        self._ids: dict[str, str] = {}
        self.vehicle = CalmCombo()
        self.vehicle.setAccessibleName("Whose run it is")
        self.vehicle.setEditable(True)
        self.vehicle.addItem(_NOBODY if session is None else session.vehicle_name)
        self.vehicle.setEnabled(session is None)
        self.date = QLineEdit(_written(proposal))
        self.date.setAccessibleName("When it was driven")
        self.date.setPlaceholderText("2026-03-04 14:05")
        self.customer = QLineEdit("" if session is None else session.customer)
        self.customer.setAccessibleName("Customer")
        self.customer.setEnabled(session is None)
        self._proposed = self.date.text()
        known = StartedIs(proposal.started_is) if proposal.started_is else StartedIs.FILE_TIME
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(Space.M)
        layout.setVerticalSpacing(Space.XS)
        notes = (
            "A kept vehicle, or type a name." if session is None else "Its session says so.",
            _GUESSES.get(known, ""),
            "",
        )
        fields = (("Vehicle", self.vehicle), ("Driven on", self.date), ("Customer", self.customer))
        for place, ((title, field), note) in enumerate(zip(fields, notes, strict=True)):
            label = QLabel(title)
            label.setBuddy(field)
            field.setMinimumWidth(_WIDTH)
            layout.addWidget(label, 0, place)
            layout.addWidget(field, 1, place)
            told = QLabel(note)
            told.setProperty("part", "hint")
            layout.addWidget(told, 2, place)
            layout.setColumnStretch(place, 1)

    def offer(self, vehicles: Sequence[Vehicle]) -> None:
        """Offer the vehicles that are kept: that at hand first."""
        if not self.vehicle.isEnabled():
            return
        for one in sorted(vehicles, key=lambda one: one.id != self._at_hand):
            words = one.name or one.vin or ""
            if not words or words == UNKNOWN_CAR or words in self._ids:
                continue
            words += " (at the desk now)" if one.id == self._at_hand else ""
            self._ids[words] = one.id
            self.vehicle.addItem(words)

    @property
    def vehicle_id(self) -> str:
        """The id of the vehicle that was chosen; empty for a typed one, and for nobody's."""
        return self._ids.get(self.vehicle.currentText(), "")

    @property
    def vehicle_name(self) -> str:
        """The name that was typed; empty where a vehicle was chosen, or none."""
        typed = " ".join(self.vehicle.currentText().split())
        return "" if typed in self._ids or typed in (_NOBODY, UNKNOWN_CAR) else typed

    @property
    def dated(self) -> Dated | None:
        """The date that was typed; None where nobody touched what was proposed."""
        return None if self.date.text() == self._proposed else _typed(self.date.text())

    @property
    def problem(self) -> str:
        """Say what cannot be taken; empty where all can."""
        if self.date.text() != self._proposed and self.dated is None:
            return "The date is not sure: write it as in 2026-03-04 14:05."
        return ""


def _written(proposal: Proposal) -> str:
    if proposal.started is None:
        return ""
    at = proposal.started.astimezone()
    return f"{at:%Y-%m-%d}" if proposal.day_only else f"{at:%Y-%m-%d %H:%M}"


def _typed(text: str) -> Dated | None:
    return date_typed(text, datetime.now().astimezone().date())
