"""A form of a record: an office form whose fields scroll, with more kinds of them, and a draft."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.errors import CarTechError
from cartech_desk.office.doubles import DoubleFound
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.field import Field
from cartech_desk.ui.widgets.office_form import OfficeForm
from cartech_desk.ui.widgets.record_picker import Pick, RecordPicker

_WIDTH: Final = 560
_TEXT_LINES: Final = 3
_DOUBLES: Final = 3

Drafts = dict[str, dict[str, str]]
"""What was typed into forms that were left, by the key of the form; a page keeps one."""


def even_so_words(error: CarTechError) -> str:
    """Return the words of a button that does it even so; empty where it cannot be done."""
    if isinstance(error, DoubleFound):
        return "" if error.sure else "Keep it even so: it is another one"
    return ""


class RecordForm(OfficeForm):
    """One column of fields that scrolls where the screen is low, and one act.

    Make the fields, then `begin`: it remembers what stood there, and brings back what was typed
    when this form was left the last time without its act. What the office refuses at first and
    does if it is asked again is offered as a button: `even_so` gives its words for an error, and
    the act gets "even_so" then. `take` takes one of those that are here already by its id. Of one
    that is deleted the act gets its id as "restore", where `restores`.
    """

    restores = False

    def __init__(
        self,
        title: str,
        button: str,
        act: Callable[[Mapping[str, str]], object],
        done: Callable[[object], None],
        bug: Callable[[BaseException], None],
        *,
        words: str = "",
        drafts: Drafts | None = None,
        draft: str = "",
        even_so: Callable[[CarTechError], str] | None = None,
        take: Callable[[str], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, button, act, done, bug, words=words, parent=parent)
        self._even_so, self._take_other = even_so or even_so_words, take
        self._once_more, self._restored = False, ""
        self.setMinimumWidth(_WIDTH)
        self._failed = bug
        self._drafts, self._draft = drafts if drafts is not None else {}, draft
        self._first: dict[str, str] = {}
        self.texts: dict[str, QPlainTextEdit] = {}
        self.pickers: dict[str, RecordPicker] = {}
        outer = self.layout()
        place = outer.indexOf(self._scroll)
        self.again = QWidget()
        row = QHBoxLayout(self.again)
        row.setContentsMargins(0, 0, 0, 0)
        said = QLabel("What you had typed is here again.")
        said.setProperty("role", "muted")
        anew = QPushButton("Start anew")
        anew.setProperty("role", "link")
        anew.setAutoDefault(False)
        anew.clicked.connect(lambda _checked=False: self.start_anew())
        row.addWidget(said)
        row.addWidget(anew)
        row.addStretch(1)
        self.again.hide()
        outer.insertWidget(place, self.again)
        self.offers = QVBoxLayout()
        self.offers.setSpacing(Space.S)
        outer.insertLayout(outer.count() - 1, self.offers)

    # What it asks

    def line(
        self, name: str, label: str, help_words: str = "", *, needed: bool = True, value: str = ""
    ) -> QLineEdit:
        """Ask for a line."""
        made = super().line(name, label, help_words, needed=needed)
        made.setText(value)
        made.setCursorPosition(0)
        return made

    def text(self, name: str, label: str, help_words: str = "", value: str = "") -> QPlainTextEdit:
        """Ask for a text of several lines; never needed."""
        made = QPlainTextEdit(value)
        made.setTabChangesFocus(True)
        lines = made.fontMetrics().lineSpacing() * _TEXT_LINES
        made.setFixedHeight(lines + Space.L)
        self.texts[name] = made
        self._add(name, Field(label, made, help_words=help_words, error_below=True))
        return made

    def choice(
        self,
        name: str,
        label: str,
        options: Sequence[tuple[str, str]],
        value: str = "",
        help_words: str = "",
    ) -> QComboBox:
        """Ask for one of these: pairs of what is kept and what is read."""
        made = QComboBox()
        for key, words in options:
            made.addItem(words, key)
        made.setCurrentIndex(max(0, made.findData(value)))
        self.choices[name] = made
        self._add(name, Field(label, made, help_words=help_words, error_below=True))
        return made

    def pick(
        self,
        name: str,
        label: str,
        find: Callable[[str], Sequence[Pick]],
        value: Pick | None = None,
        help_words: str = "",
        *,
        add_words: str = "",
        add: Callable[[str], None] | None = None,
    ) -> RecordPicker:
        """Ask for a record; what was typed and not chosen is refused beside the field."""
        made = RecordPicker(find, self._failed, add_words=add_words, add=add)
        made.choose(value)
        self.pickers[name] = made
        field = Field(label, made, help_words=help_words, error_below=True)

        def told() -> None:
            field.show_error("")
            detail = made.chosen.detail if made.chosen is not None else ""
            field.help_label.setText(detail or help_words)
            field.help_label.setVisible(bool(detail or help_words))

        made.changed.connect(told)
        self._add(name, field)
        return made

    def heading(self, words: str) -> QLabel:
        """Part the fields by a heading."""
        made = QLabel(words)
        made.setProperty("part", "headline")
        self.column.addSpacing(Space.S)
        self.column.addWidget(made)
        return made

    def show_field(self, name: str, shown: bool) -> None:
        """Ask for a field only now, or no more."""
        self.fields[name].setVisible(shown)
        QTimer.singleShot(0, self, self._fit)

    def _add(self, name: str, field: Field) -> None:
        field.beside.setStretch(0, 1)
        self.fields[name] = field
        self.column.addWidget(field)

    # What was typed

    def typed(self) -> dict[str, str]:
        """Return what was typed and chosen, by field; of a record its id."""
        found = super().typed()
        found |= {name: text.toPlainText() for name, text in self.texts.items()}
        found |= {name: picker.id for name, picker in self.pickers.items()}
        found |= {"restore": self._restored} if self._restored else {}
        return found | ({"even_so": "yes"} if self._once_more else {})

    def begin(self) -> None:
        """Remember what stands there now, and bring a draft back."""
        self._scroll.setVisible(self.column.count() > 0)  # a bare question has nothing to scroll
        self._first = self._state()
        kept = self._drafts.get(self._draft) if self._draft else None
        if kept and kept != self._first:
            # Only what was typed: the rest is as it stands now, whoever changed it meanwhile.
            self._put(self._first | kept)
            self.again.show()

    def start_anew(self) -> None:
        """Put back what stood there at first."""
        self._drafts.pop(self._draft, None)
        self._put(self._first)
        self.again.hide()

    def _state(self) -> dict[str, str]:
        shown = {f"{name} shown": picker.line.text() for name, picker in self.pickers.items()}
        return self.typed() | shown

    def _put(self, state: Mapping[str, str]) -> None:
        for name, line in self.lines.items():
            line.setText(state.get(name, ""))
        for name, text in self.texts.items():
            text.setPlainText(state.get(name, ""))
        for name, choice in self.choices.items():
            choice.setCurrentIndex(max(0, choice.findData(state.get(name, ""))))
        for name, picker in self.pickers.items():
            title = state.get(f"{name} shown", "")
            number = state.get(name, "")
            picker.choose(Pick(number, title) if number else None)
            if not number:
                picker.line.setText(title)

    # What it does

    def submit(self) -> None:
        """Do it, where no record is half chosen."""
        self._offer(())
        undecided = [name for name, picker in self.pickers.items() if picker.undecided]
        for name in undecided:
            self.fields[name].show_error("Choose one of those that are found, or clear the field.")
        if undecided:
            self.pickers[undecided[0]].setFocus()
            return
        super().submit()

    def _refused(self, error: BaseException) -> None:
        self._once_more, self._restored = False, ""
        super()._refused(error)
        if not isinstance(error, CarTechError):
            return
        found: list[tuple[str, Callable[[], None]]] = []
        doubles = error.doubles[:_DOUBLES] if isinstance(error, DoubleFound) else ()
        for one in doubles:
            if one.deleted and self.restores:
                found.append((f"Restore {one.title}", partial(self._submit_restoring, one.id)))
            elif self._take_other is not None and not one.deleted:
                found.append((f"Take {one.title}", partial(self._leave_for, one.id)))
        words = self._even_so(error)
        if words:
            found.append((words, self._submit_even_so))
        self._offer(found)

    def _offer(self, found: Sequence[tuple[str, Callable[[], None]]]) -> None:
        while self.offers.count():
            gone = self.offers.takeAt(0).widget()
            gone.hide()
            gone.deleteLater()
        for words, act in found:
            made = QPushButton(words)
            made.setAutoDefault(False)
            made.clicked.connect(lambda _checked=False, act=act: act())
            self.offers.addWidget(made)
        QTimer.singleShot(0, self, self._fit)

    def _submit_even_so(self) -> None:
        self._once_more = True
        self.submit()

    def _submit_restoring(self, identity: str) -> None:
        self._restored = identity
        self.submit()

    def _leave_for(self, identity: str) -> None:
        self._drafts.pop(self._draft, None)
        self._draft = ""
        self.reject()
        if self._take_other is not None:
            self._take_other(identity)

    def done(self, result: int) -> None:
        """Keep a draft of what was typed where the form is left without its act."""
        if self._draft:
            state = self._state()
            typed = {name: text for name, text in state.items() if text != self._first.get(name)}
            if result or not typed:
                self._drafts.pop(self._draft, None)
            else:
                self._drafts[self._draft] = typed
        super().done(result)
