"""The first start: the shop and its first administrator, on one form."""

from typing import Any, Final

from PySide6.QtCore import QLocale, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.currencies import CURRENCIES
from cartech_desk.domain.errors import CarTechError
from cartech_desk.office.errors import FoundedAlready, PersonRefused
from cartech_desk.office.people import Person
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.field import Field
from cartech_desk.ui.widgets.new_password import NewPassword

_DRAFT: Final = ("draft", "founding")
_PAUSE_MS: Final = 800
_COMMON: Final = {
    "EUR": "euro",
    "USD": "US dollar",
    "GBP": "pound sterling",
    "CHF": "Swiss franc",
    "CAD": "Canadian dollar",
    "AUD": "Australian dollar",
    "NZD": "New Zealand dollar",
    "JPY": "yen",
    "SEK": "Swedish krona",
    "NOK": "Norwegian krone",
    "DKK": "Danish krone",
    "PLN": "złoty",
    "CZK": "Czech koruna",
    "ZAR": "rand",
    "AED": "UAE dirham",
    "MXN": "Mexican peso",
    "BRL": "real",
    "INR": "rupee",
}
_UNITS: Final = {
    "metric": "Metric: km/h, °C, bar",
    "imperial": "Imperial: mph, °F, psi",
    "mixed": "Mixed: mph, °C, psi",
}
_SYSTEMS: Final = {
    QLocale.MeasurementSystem.MetricSystem: "metric",
    QLocale.MeasurementSystem.ImperialUSSystem: "imperial",
    QLocale.MeasurementSystem.ImperialUKSystem: "mixed",
}


def currencies(locale: QLocale) -> list[str]:
    """Return the codes to choose from: the system's own first, then the common, then the rest."""
    own = locale.currencySymbol(QLocale.CurrencySymbolFormat.CurrencyIsoCode)
    first = [own] if own in CURRENCIES else []
    common = [code for code in _COMMON if code not in first]
    return [*first, *common, *sorted(CURRENCIES.difference(first, common))]


class Founding(QWidget):
    """Three short parts beside each other; nothing is set up before all of it is right.

    What was typed is kept until it is done, also over a restart, but for the password.
    """

    done_elsewhere = Signal()
    """Somebody set the shop up meanwhile, on the command line."""

    def __init__(self, desk: DeskParts, acts: Acts) -> None:
        super().__init__()
        self.setProperty("bay", True)
        self._desk = desk
        self._acts = acts
        self._done = False
        self._make_editors()
        self._lay_out()
        self._load_draft()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._keep_draft)
        for name, line in self.lines.items():
            line.textEdited.connect(lambda _text, name=name: self._edited(name))
            line.returnPressed.connect(self.submit)
        for name, choice in self.choices.items():
            choice.activated.connect(lambda _place, name=name: self._edited(name))
        self.secret.returned.connect(self.submit)
        self.setFocusProxy(self.lines["shop"])

    # What stands where

    def _make_editors(self) -> None:
        self.lines = {name: QLineEdit() for name in ("shop", "name", "email")}
        self.choices = {"units": QComboBox(), "currency": QComboBox()}
        locale = QLocale.system()
        for key, words in _UNITS.items():
            self.choices["units"].addItem(words, key)
        _choose(self.choices["units"], _SYSTEMS.get(locale.measurementSystem(), "metric"))
        for code in currencies(locale):
            words = f"{code}  {_COMMON[code]}" if code in _COMMON else code
            self.choices["currency"].addItem(words, code)
        self.choices["currency"].setMaxVisibleItems(14)
        self.secret = NewPassword(
            lambda: tuple(self.lines[name].text().strip() for name in ("name", "email", "shop"))
        )
        self.fields = {
            "shop": _field("The shop's name", self.lines["shop"], "Stands on every report."),
            "units": _field(
                "Units", self.choices["units"], "How numbers are shown. Settings changes it later."
            ),
            "currency": _field("Currency", self.choices["currency"], "Of your prices."),
            "name": _field("Your name", self.lines["name"], "Stands beside what you do."),
            "email": _field("Your e-mail", self.lines["email"], "You sign in with it."),
            "password": self.secret.password,
        }

    def _lay_out(self) -> None:
        head = QLabel("Set up this desk")
        head.setProperty("role", "title")
        why = QLabel(
            "Everything that changes a car carries a name, so the first thing the desk needs is "
            "somebody who may let others in. Until then no car is connected, no limit watched."
        )
        why.setProperty("role", "muted")
        why.setWordWrap(True)
        shop = self._card("1  The shop", "shop", "units", "currency")
        look = QLabel(
            "Only looking around? Close the desk and start it with  cartech-desk --demo : a "
            "simulated car, records of its own, and somebody signed in."
        )
        look.setProperty("role", "help")
        look.setWordWrap(True)
        look.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        shop.layout().addSpacing(Space.M)
        shop.layout().addWidget(look)
        shop.layout().addStretch(1)
        person = self._card("2  The first administrator", "name", "email")
        person.layout().addWidget(self.secret)
        person.layout().addStretch(1)
        cards = QHBoxLayout()
        cards.setSpacing(Space.L)
        cards.addWidget(shop, 1)
        cards.addWidget(person, 1)
        self.wrong = QLabel()
        self.wrong.setProperty("role", "error")
        self.wrong.setWordWrap(True)
        self.wrong.setTextFormat(Qt.TextFormat.PlainText)
        self.send = QPushButton("Set up and sign in")
        self.send.setProperty("role", "primary")
        self.send.clicked.connect(lambda _checked=False: self.submit())
        foot = QHBoxLayout()
        foot.addWidget(self.wrong, 1)
        foot.addWidget(self.send)
        inner = QWidget()
        inner.setMaximumWidth(_WIDEST)
        column = QVBoxLayout(inner)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(head)
        column.addWidget(why)
        column.addLayout(cards)
        column.addLayout(foot)
        column.addStretch(1)
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(inner, 1_000)
        row.addStretch(1)
        self.scroll = QScrollArea()
        self.scroll.setWidgetResizable(True)
        self.scroll.setWidget(middle)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.scroll)

    def _card(self, title: str, *names: str) -> QFrame:
        card = QFrame()
        card.setProperty("card", "true")
        column = QVBoxLayout(card)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.L)
        column.setSpacing(Space.M)
        head = QLabel(title)
        head.setProperty("role", "heading")
        column.addWidget(head)
        for name in names:
            column.addWidget(self.fields[name])
        return card

    # The draft

    def _edited(self, name: str) -> None:
        self.fields[name].show_error("")
        self._pause.start()

    def typed(self) -> dict[str, str]:
        """Return what stands in the fields, but for the password."""
        lines = {name: line.text().strip() for name, line in self.lines.items()}
        return lines | {name: str(box.currentData()) for name, box in self.choices.items()}

    def _load_draft(self) -> None:
        try:
            draft: dict[str, Any] = self._desk.store.layouts.load(*_DRAFT) or {}
        except CarTechError:
            return
        for name, value in draft.items():
            if name in self.lines and isinstance(value, str):
                self.lines[name].setText(value)
            elif name in self.choices:
                _choose(self.choices[name], value)

    def _keep_draft(self) -> None:
        if not self._done:
            typed = self.typed()
            self._in_background(lambda: self._desk.store.layouts.save(*_DRAFT, typed))

    def _in_background(self, work: Any) -> None:
        # A draft is a convenience: where it cannot be kept, nobody is held up.
        in_background(work, self._acts, lambda _done: None, lambda _error: None)

    # Setting up

    def submit(self) -> None:
        """Set the shop up; says beside each field what is missing."""
        if not self.send.isEnabled():
            return
        typed = self.typed()
        self.wrong.setText("")
        missing = [name for name in self.lines if not typed[name]]
        for name in self.lines:
            self.fields[name].show_error("This is needed." if name in missing else "")
        if not self.secret.complete() or missing:
            self._point_at(missing[0] if missing else "password")
            return
        password = self.secret.text()
        self._hold(True)
        in_background(
            lambda: self._desk.office.people.found(**typed, password=password),
            self._acts,
            lambda person: self._founded(person, typed["units"]),
            self._refused,
        )

    def _hold(self, held: bool) -> None:
        self.send.setEnabled(not held)
        self.send.setText("Setting up …" if held else "Set up and sign in")

    def _founded(self, person: Person, units: str) -> None:
        self._done = True
        self._in_background(lambda: self._desk.store.layouts.delete(*_DRAFT))
        values = self._desk.settings.values
        screen = values.screen.model_copy(update={"units": units})
        try:
            self._desk.settings.save(values.model_copy(update={"screen": screen}))
        except CarTechError as error:
            self._acts.tell(error)
        self._acts.settings_changed.emit()
        self._acts.say(f"The desk is set up. {person.name} is signed in as administrator.")

    def _refused(self, error: BaseException) -> None:
        self._hold(False)
        if isinstance(error, PersonRefused):
            for name, sentence in error.wrong.items():
                self.fields.get(name, self.fields["shop"]).show_error(sentence)
            self._point_at(error.field)
        elif isinstance(error, FoundedAlready):
            self.done_elsewhere.emit()
        elif isinstance(error, CarTechError):
            self.wrong.setText(error.message)
        else:
            self._acts.tell(error)

    def _point_at(self, name: str) -> None:
        field = self.fields.get(name, self.fields["shop"])
        field.editor.setFocus()
        self.scroll.ensureWidgetVisible(field)


_WIDEST: Final = Size.FORM_WIDTH + 2 * Size.RAIL_PINNED


def _field(label: str, editor: QWidget, help_words: str) -> Field:
    field = Field(label, editor, help_words=help_words, error_below=True)
    field.beside.setStretch(0, 1)
    return field


def _choose(box: QComboBox, key: object) -> None:
    place = box.findData(key)
    if place >= 0:
        box.setCurrentIndex(place)
