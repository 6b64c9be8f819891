"""One column that asks who is there: names with a PIN, e-mail and password, or a new account."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.errors import CarTechError
from cartech_desk.office.errors import TooManyTries
from cartech_desk.office.people import Person
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.shell.patience import Patience
from cartech_desk.ui.shell.pin_pad import PinPad
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.field import Field

WIDTH: Final = 400
_TILE: Final = 64
_CHECKING: Final = "Checking …"


class SignInPanel(QWidget):
    """Three ways in, one at a time. `left` where Esc is pressed on the first of them.

    It is told of success by the session, as everything else is.
    """

    left = Signal()
    registering = Signal(bool)
    """The form for somebody new, which needs all the room, came or went."""

    def __init__(self, desk: DeskParts, tell: Callable[[BaseException], None]) -> None:
        super().__init__()
        self._desk = desk
        self._tell = tell
        self._person: Person | None = None
        self._first_id = self._but_id = ""
        self._busy = False
        self.tiles: list[QPushButton] = []
        self.setProperty("bay", True)
        self.setFixedWidth(WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.ways = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        self.head = QLabel()
        self.head.setProperty("role", "title")
        self.head.setWordWrap(True)
        self.head.setTextFormat(Qt.TextFormat.PlainText)
        self.news = QLabel()
        self.news.setWordWrap(True)
        self.news.setTextFormat(Qt.TextFormat.PlainText)
        self.wrong = QLabel()
        self.wrong.setProperty("role", "error")
        self.wrong.setWordWrap(True)
        self.wrong.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.head, self.news, self.wrong):
            column.addWidget(label)
        if desk.demo:
            column.addWidget(_demo_words())
        column.addWidget(self.ways, 1)
        self._names = self._make_names()
        self._pin = self._make_pin()
        self._password = self._make_password()
        self._new: QWidget | None = None
        self.patience = Patience(self._count_down, self)
        theme_changed.connect(self._tint)
        self._say("")
        self.news.hide()

    @property
    def checking(self) -> bool:
        """Whether a PIN or a password is being checked now."""
        return self._busy and not self.patience.waiting

    # The ways in

    def _make_names(self) -> QWidget:
        page, column = _column()
        holder, self._tile_column = _column()
        self.by_password = _button("Use e-mail and password", self.ask_password)
        self._tile_column.addWidget(self.by_password)
        self._tile_column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(holder)
        column.addWidget(scroll, 1)
        self.ways.addWidget(page)
        return page

    def _make_pin(self) -> QWidget:
        page, column = _column()
        self.pad = PinPad()
        self.pad.entered.connect(self._try_pin)
        self.pad.left.connect(self.ask_name)
        column.addWidget(self.pad)
        column.addWidget(_button("Somebody else", self.ask_name, "quiet"))
        column.addWidget(_button("Use the password", self.ask_password, "quiet"))
        column.addStretch(1)
        self.ways.addWidget(page)
        return page

    def _make_password(self) -> QWidget:
        page, column = _column()
        self.email = QLineEdit()
        self.secret = QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        for label, line in (("E-mail", self.email), ("Password", self.secret)):
            field = Field(label, line)
            field.beside.setStretch(0, 1)
            column.addWidget(field)
            line.returnPressed.connect(self._try_password)
        self.enter = _button("Sign in", self._try_password, "primary")
        column.addSpacing(Space.S)
        column.addWidget(self.enter)
        self.to_names = _button("Back to the names", self.ask_name, "quiet")
        self.register = _button("New here? Register", self.ask_registration, "quiet")
        column.addWidget(self.to_names)
        column.addWidget(self.register)
        column.addStretch(1)
        self.ways.addWidget(page)
        return page

    # What is asked

    def begin(self, head: str, first_id: str = "", but_id: str = "") -> None:
        """Ask from the start; `first_id` most likely comes back, `but_id` is not asked for."""
        self.head.setText(head)
        self.head.setProperty("asked", head)
        self._first_id = first_id
        self._but_id = but_id
        self._person = None
        self.patience.end()
        self.pad.clear()
        self.secret.clear()
        self._say("")
        self.news.hide()
        self._show_people(())
        self.ways.setCurrentWidget(self._password)
        self.registering.emit(False)
        in_background(self._read, self, self._arrived, self._tell)

    def _read(self) -> tuple[Sequence[Person], str]:
        people = self._desk.office.people
        email = ""
        if self._first_id:
            email = next((one.email for one in people.list() if one.id == self._first_id), "")
        return people.quick(), email

    def _arrived(self, found: tuple[Sequence[Person], str]) -> None:
        quick, email = found
        self._show_people(quick)
        if email and not self.email.text():
            self.email.setText(email)
        if self.ways.currentWidget() is not self._password or self.secret.text():
            return  # somebody was quicker than the database
        first = next((one for one in quick if one.id == self._first_id), None)
        if first is not None:
            self.ask_pin(first)
        else:
            self.ask_name()

    def _show_people(self, people: Sequence[Person]) -> None:
        for tile in self.tiles:
            tile.deleteLater()
        self.tiles = []
        for place, person in enumerate(one for one in people if one.id != self._but_id):
            role = person.role.value
            tile = _button(
                f"{person.name}\n{role}".replace("&", "&&"),
                lambda person=person: self.ask_pin(person),
                "tile",
            )
            tile.setMinimumHeight(_TILE)
            tile.setIconSize(QSize(Size.RAIL_ICON, Size.RAIL_ICON))
            tile.setAccessibleName(f"{person.name}, {role}: take over with the PIN")
            self._tile_column.insertWidget(place, tile)
            self.tiles.append(tile)
        self.to_names.setVisible(bool(self.tiles))
        self._tint()

    def ask_name(self) -> None:
        """Let a name be chosen; the password is asked where nobody has a PIN."""
        self._person = None
        self.patience.end()
        if not self.tiles:
            self.ask_password()
            return
        self._turn(self._names, self.tiles[0])

    def ask_pin(self, person: Person) -> None:
        """Ask a person for the PIN."""
        self._person = person
        self.patience.end()
        self.pad.clear()
        self._turn(self._pin, self.pad, f"{person.name}, your PIN")

    def ask_password(self) -> None:
        """Ask for e-mail and password."""
        if self._person is not None:
            self.email.setText(self._person.email)
        self.patience.end()
        self._turn(self._password, self.secret if self.email.text() else self.email)

    def ask_registration(self) -> None:
        """Let somebody new register."""
        if self._new is None:
            from cartech_desk.ui.shell.registration import Registration

            form = Registration(self._desk, self._tell)
            form.left.connect(self.ask_password)
            form.registered.connect(self._registered)
            scroll = QScrollArea()
            scroll.setWidgetResizable(True)
            scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            scroll.setWidget(form)
            scroll.setFocusProxy(form.lines["name"])
            self.registration = form
            self._new = scroll
            self.ways.addWidget(scroll)
        self._turn(self._new, self.registration.lines["name"], "Register")

    def _registered(self, name: str) -> None:
        self.ask_password()
        self.news.setText(
            f"{name} is registered. An administrator has to approve it on the People page; then "
            "signing in works."
        )
        self.news.show()

    def _turn(self, way: QWidget, focus: QWidget, head: str = "") -> None:
        self._say("")
        self.news.hide()
        self.head.setText(head or str(self.head.property("asked") or ""))
        self.ways.setCurrentWidget(way)
        self.registering.emit(way is self._new)
        if self.isVisible():
            focus.setFocus()
        self.setFocusProxy(focus)

    # What is tried

    def _try_pin(self, pin: str) -> None:
        person = self._person
        if person is not None and not self._busy:
            self._try(lambda: self._desk.office.people.switch(person.id, pin))

    def _try_password(self) -> None:
        email, password = self.email.text().strip(), self.secret.text()
        if not email or not password:
            self._say("Type your e-mail and your password.")
            (self.secret if email else self.email).setFocus()
        elif self.enter.isEnabled():
            self._try(lambda: self._desk.office.people.sign_in(email, password))

    def _try(self, prove: Callable[[], Person]) -> None:
        self._say("")
        self._hold(True, _CHECKING)
        in_background(prove, self, self._let_in, self._refused)

    def _let_in(self, _person: Person) -> None:
        self._hold(False)
        self.secret.clear()
        self.pad.clear()

    def _refused(self, error: BaseException) -> None:
        self._hold(False)
        self.secret.clear()
        if not isinstance(error, CarTechError):
            self._tell(error)
            return
        self._say(" ".join(part for part in (error.happened, error.to_do) if part))
        if isinstance(error, TooManyTries):
            self.patience.wait(error.seconds)
        elif self.ways.currentWidget() is self._pin:
            self._look_whether_the_pin_still_serves(self.wrong.text())
        (self.pad if self.ways.currentWidget() is self._pin else self.secret).setFocus()

    def _look_whether_the_pin_still_serves(self, sentence: str) -> None:
        """Ask for the password where too many wrong PINs have closed that way."""
        person = self._person

        def told(quick: Sequence[Person]) -> None:
            closed = person is not None and person.id not in {one.id for one in quick}
            if closed and self._person is person:
                self._show_people(quick)
                self.ask_password()
                self._say(sentence)

        in_background(self._desk.office.people.quick, self, told, self._tell)

    def _count_down(self, left: int) -> None:
        self._hold(left > 0, f"Wait {left} s" if left else "")
        if not left:
            self._say("")

    def _hold(self, held: bool, words: str = "") -> None:
        self._busy = held
        self.pad.hold(held, words if held and words != _CHECKING else "OK")
        self.enter.setEnabled(not held)
        self.enter.setText(words or "Sign in")

    def _say(self, sentence: str) -> None:
        self.wrong.setText(sentence)
        self.wrong.setVisible(bool(sentence))

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes one step back, and leaves from the first; Return presses what is chosen."""
        pressed = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if isinstance(pressed, QPushButton):
                pressed.click()
        elif event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.ways.currentWidget() is self._names or not self.tiles:
            self.left.emit()
        else:
            self.ask_name()

    def _tint(self) -> None:
        for tile in self.tiles:
            tile.setIcon(icon("person", "muted", Size.RAIL_ICON))


def _demo_words() -> QLabel:
    """Return what opens the demo: it keeps nothing of a shop, and everybody may try its roles."""
    from cartech_desk.office import demo_people

    names = ", ".join(one.email for one in demo_people.EVERYBODY)
    words = QLabel(
        f"This is the demo. PIN of all: {demo_people.PIN}. Password of {names}: "
        f"{demo_people.PASSWORD}"
    )
    words.setProperty("role", "help")
    words.setWordWrap(True)
    words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return words


def _column() -> tuple[QWidget, QVBoxLayout]:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(Space.S)
    return page, column


def _button(words: str, run: Callable[[], None], role: str = "") -> QPushButton:
    button = QPushButton(words)
    if role:
        button.setProperty("role", role)
    button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    button.clicked.connect(lambda _checked=False: run())
    return button
